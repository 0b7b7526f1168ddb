"""The estimator works in scikit-learn's clone, pipelines and searches, which it does not import."""

import pickle
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from views import synthetic_views

from polycontrast.align import Aligner, BadInput

sklearn = pytest.importorskip("sklearn")
VIEWS, _ = synthetic_views(rows=60, columns=(4, 5))
TABLE = np.concatenate(VIEWS, axis=1)
QUICK = dict(n_components=3, max_iter=2)


def split(table):
    return [table[:, :4], table[:, 4:]]


def test_a_pipeline_and_a_search():
    """One table is cut into views, and the search finds what fits rows held out best."""
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import FunctionTransformer

    pipeline = Pipeline([("split", FunctionTransformer(split)), ("align", Aligner(**QUICK))])
    plain = Aligner(**QUICK).fit(VIEWS)
    assert pipeline.fit(TABLE).score(TABLE) == plain.score(VIEWS)
    for a, b in zip(pipeline.transform(TABLE), plain.transform(VIEWS), strict=True):
        np.testing.assert_array_equal(a, b)
    search = GridSearchCV(pipeline, {"align__n_components": [1, 3]}, cv=2).fit(TABLE)
    assert search.best_params_ == {"align__n_components": 3}
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_what_scikit_learn_asks():
    from sklearn.base import clone, is_classifier, is_regressor
    from sklearn.utils import estimator_html_repr, get_tags
    from sklearn.utils.validation import check_is_fitted

    aligner = Aligner(objective_params={"aggregation": "arithmetic"}, workers=1, **QUICK)
    assert not is_regressor(aligner)
    assert not is_classifier(aligner)
    assert get_tags(aligner).requires_fit
    assert "Aligner" in estimator_html_repr(aligner)
    copy = clone(aligner)
    assert copy.get_params() == aligner.get_params()
    assert copy.set_params(**aligner.get_params()).get_params() == aligner.get_params()
    check_is_fitted(aligner.fit(VIEWS))


def test_before_fit_the_error_is_that_of_scikit_learn_too():
    from sklearn.exceptions import NotFittedError
    from sklearn.utils.validation import check_is_fitted

    for call in (Aligner().transform, Aligner().score):
        with pytest.raises(NotFittedError, match="Aligner: fit must be called before") as caught:
            call(VIEWS)
        for kind in (BadInput, ValueError, AttributeError):
            assert isinstance(caught.value, kind)
        again = pickle.loads(pickle.dumps(caught.value))
        assert isinstance(again, NotFittedError)
        assert str(again) == str(caught.value)
    with pytest.raises(NotFittedError):
        check_is_fitted(Aligner())


def test_without_scikit_learn_the_error_is_ours():
    program = """
        import sys
        sys.modules["sklearn"] = None
        from polycontrast.align import Aligner
        try:
            Aligner().transform([])
        except (ValueError) as error:
            assert isinstance(error, AttributeError)
            print(error)
    """
    run = [sys.executable, "-c", textwrap.dedent(program)]
    said = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    assert said == "Aligner: fit must be called before transform and score\n"


def test_parameters_that_cannot_be_compared_print():
    """A dict of arrays has no truth of its own."""
    text = repr(Aligner(objective_params={"weights": np.ones(2)}, n_components=3))
    assert text == "Aligner(n_components=3, objective_params={'weights': array([1., 1.])})"


def test_a_wrong_name_changes_nothing():
    aligner = Aligner(n_components=5)
    with pytest.raises(ValueError, match="Aligner: unknown parameter 'tau'"):
        aligner.set_params(n_components=7, tau=1)
    assert aligner.n_components == 5

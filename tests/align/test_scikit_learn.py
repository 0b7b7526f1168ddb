"""The estimator works in scikit-learn's clone, pipelines and searches, which it does not import."""

import pickle
import runpy
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from views import synthetic_views

from polycontrast.align import Aligner, BadInput, ViewSplitter

sklearn = pytest.importorskip("sklearn")
VIEWS, CLASSES = synthetic_views(rows=60, columns=(4, 5))
TABLE = np.concatenate(VIEWS, axis=1)
QUICK = dict(n_components=3, max_iter=2)


def pipeline():
    from sklearn.pipeline import make_pipeline

    return make_pipeline(ViewSplitter([4, 5]), Aligner(**QUICK))


def test_a_pipeline_and_a_search():
    """One table is cut into views, and the search finds what fits rows held out best."""
    from sklearn.model_selection import GridSearchCV, KFold, cross_val_score

    plain = Aligner(**QUICK).fit(VIEWS)
    fitted = pipeline().fit(TABLE)
    assert fitted.score(TABLE) == plain.score(VIEWS)
    for a, b in zip(fitted.transform(TABLE), plain.transform(VIEWS), strict=True):
        np.testing.assert_array_equal(a, b)
    search = GridSearchCV(pipeline(), {"aligner__n_components": [1, 3]}, cv=2).fit(TABLE)
    assert search.best_params_ == {"aligner__n_components": 3}
    wanted = []
    for fit, held_out in KFold(2).split(TABLE):
        aligner = Aligner(**QUICK).fit([view[fit] for view in VIEWS])
        wanted.append(aligner.score([view[held_out] for view in VIEWS]))
    np.testing.assert_array_equal(cross_val_score(pipeline(), TABLE, cv=2), wanted)


@pytest.mark.parametrize("form", ["list", "array"])
def test_folds_of_views_are_refused(form):
    """Two folds of six views would fit three of them, and score the other three."""
    from sklearn.model_selection import GridSearchCV, cross_val_score, cross_validate
    from sklearn.pipeline import make_pipeline

    six = list(np.random.default_rng(0).standard_normal((6, 40, 3)))
    views = six if form == "list" else np.stack(six)
    aligner = Aligner(**QUICK)
    assert 0 <= aligner.fit(views).score(views) <= 1
    search = GridSearchCV(aligner, {"n_components": [2]}, cv=2)
    for run in (
        lambda: cross_val_score(aligner, views, cv=2),
        lambda: search.fit(views),
        lambda: cross_val_score(search, views, cv=2),
        lambda: cross_val_score(make_pipeline(aligner), views, cv=2),
        lambda: cross_validate(aligner, views, cv=2),
    ):
        with pytest.raises(BadInput, match="Aligner: scikit-learn would divide the list of views"):
            run()


def test_the_search_of_the_page_finds_the_larger_space():
    path = Path(__file__).parents[2] / "docs" / "examples" / "scikit_learn_search.py"
    scope = runpy.run_path(str(path))
    assert scope["search"].best_params_["aligner__n_components"] == 16
    assert scope["search"].best_score_ > 0.9
    assert scope["pixel"].shape == (500, 16)


# Checks of scikit-learn that do not apply, and why.
NO_ARRAY = "transform returns a list of views"
SPLITTER_FAILS = {
    "check_dtype_object": "arrays of objects are refused",
    "check_transformer_data_not_an_array": NO_ARRAY,
    "check_transformer_general": NO_ARRAY,
    "check_transformer_preserve_dtypes": NO_ARRAY,
    "check_methods_sample_order_invariance": NO_ARRAY,
    "check_methods_subset_invariance": NO_ARRAY,
}
PIPELINE_FAILS = {
    "check_estimators_overwrite_params": "a pipeline of scikit-learn fits its own steps",
    "check_dont_overwrite_parameters": "a pipeline of scikit-learn fits its own steps",
    "check_fit_check_is_fitted": "the last step has nothing to fit",
    "check_dtype_object": "arrays of objects are refused",
    "check_transformer_preserve_dtypes": "the parameter dtype decides",
    "check_fit2d_1sample": "the error counts rows and not samples",
}


@pytest.mark.parametrize("kind", ["splitter", "pipeline"])
@pytest.mark.filterwarnings("ignore")  # some checks pass data that scikit-learn warns about
def test_the_checks_of_scikit_learn(kind):
    """All that apply; the views are joined at the end, since the checks expect one array."""
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer
    from sklearn.utils.estimator_checks import check_estimator

    splitter = ViewSplitter([[0], [1]])
    joined = make_pipeline(
        splitter, Aligner(n_components=1, max_iter=2), FunctionTransformer(np.hstack)
    )
    estimator, expected = {
        "splitter": (splitter, SPLITTER_FAILS),
        "pipeline": (joined, PIPELINE_FAILS),
    }[kind]
    results = check_estimator(estimator, expected_failed_checks=expected, on_skip=None)
    passed = {result["check_name"] for result in results if result["status"] == "passed"}
    assert len(passed) > 30
    assert not passed & set(expected)


def test_rows_go_to_a_classifier_after_the_views_are_joined():
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer

    join = FunctionTransformer(np.hstack)
    model = make_pipeline(*(step for _, step in pipeline().steps), join, LogisticRegression())
    assert cross_val_score(model, TABLE, CLASSES, cv=2).mean() > 0.6


@pytest.mark.parametrize("kind", ["pandas", "polars"])
def test_frames_come_out_where_they_are_asked_for(kind):
    """By `set_output` of a pipeline, which clone keeps, or for all of scikit-learn."""
    library = pytest.importorskip(kind)
    from sklearn import config_context
    from sklearn.base import clone

    names = [f"c{n}" for n in range(9)]
    frame = library.DataFrame(dict(zip(names, TABLE.T, strict=True)))
    if kind == "pandas":
        frame.index = [f"row {n}" for n in range(len(TABLE))]
    plain = pipeline().fit(TABLE)
    wanted = plain.transform(TABLE)
    asked = clone(pipeline().set_output(transform=kind)).fit(frame)
    with config_context(transform_output=kind):
        everywhere = plain.transform(frame if kind == "polars" else TABLE)
    for found in (asked.transform(frame), everywhere):
        for view, rows in zip(found, wanted, strict=True):
            assert isinstance(view, library.DataFrame)
            assert list(view.columns) == ["aligner0", "aligner1", "aligner2"]
            np.testing.assert_allclose(view.to_numpy(), rows, rtol=1e-6)
    if kind == "pandas":
        assert list(asked.transform(frame)[1].index) == list(frame.index)
    assert asked[0].transform(frame)[1].columns[0] == "c4"
    assert all(isinstance(rows, np.ndarray) for rows in plain.transform(TABLE))
    assert asked.score(frame) == plain.score(TABLE)
    with pytest.raises(ValueError, match="Aligner: transform must be one of"):
        Aligner().set_output(transform="table")


def test_names_of_columns_go_through():
    pandas = pytest.importorskip("pandas")
    names = [f"c{n}" for n in range(9)]
    frame = pandas.DataFrame(TABLE, columns=names)
    fitted = pipeline().fit(frame)
    assert list(fitted.get_feature_names_out()) == ["aligner0", "aligner1", "aligner2"]
    splitter, aligner = fitted
    assert list(splitter.feature_names_in_) == names
    assert list(splitter.get_feature_names_out(names)) == names
    assert aligner.feature_names_in_ == [names[:4], names[4:]]
    with pytest.raises(BadInput, match="column 0 is 'c8', in fit it was 'c0'"):
        fitted.transform(frame[names[::-1]])


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

    calls = [Aligner().transform, Aligner().score, ViewSplitter([1, 1]).transform]
    for call in calls:
        with pytest.raises(NotFittedError, match=": fit must be called before") as caught:
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

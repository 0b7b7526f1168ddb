"""What is given as views is taken as it is meant, or refused in words."""

import numpy as np
import pytest
from views import synthetic_views

from polycontrast.align import Aligner, BadInput

QUICK = dict(n_components=3, max_iter=2)
VIEWS, _ = synthetic_views(rows=60, columns=(4, 5))
FITTED = Aligner(**QUICK).fit(VIEWS)


class Frame:
    """A table by the common interface, without pandas: what polars has, too."""

    def __init__(self, values, names):
        self.values, self.columns, self.shape = values, names, values.shape

    def to_numpy(self):
        return self.values


def frames(pandas, views=VIEWS):
    return [pandas.DataFrame(v, columns=[f"c{n}" for n in range(v.shape[1])]) for v in views]


def test_data_frames_are_views():
    """The same heads as from their numbers, whatever library they are of."""
    pandas = pytest.importorskip("pandas")
    named = [Frame(v, [f"c{n}" for n in range(v.shape[1])]) for v in VIEWS]
    for given in (frames(pandas), named):
        aligner = Aligner(**QUICK).fit(given)
        for z, wanted in zip(aligner.transform(given), FITTED.transform(VIEWS), strict=True):
            np.testing.assert_array_equal(z, wanted)
        assert aligner.feature_names_in_[0] == ["c0", "c1", "c2", "c3"]
        assert aligner.score(VIEWS) == FITTED.score(VIEWS)


def test_frames_of_mixed_and_nullable_columns():
    """Booleans beside floats, and Int64: numbers, although NumPy takes both for objects."""
    pandas = pytest.importorskip("pandas")
    first, second = frames(pandas)
    first["flag"] = first["c0"] > 0
    first["count"] = pandas.array(np.arange(60) % 7, dtype="Int64")
    fitted = Aligner(**QUICK).fit([first, second])
    wanted = np.column_stack([VIEWS[0], VIEWS[0][:, 0] > 0, np.arange(60) % 7])
    plain = Aligner(**QUICK).fit([wanted, VIEWS[1]])
    np.testing.assert_array_equal(
        fitted.transform([first, second])[0], plain.transform([wanted, VIEWS[1]])[0]
    )
    first.loc[3, "count"] = pandas.NA
    with pytest.raises(BadInput, match=r"views\[0\] has missing .* in column 'count', in 1 of 60"):
        Aligner(**QUICK).fit([first, second])
    first["who"] = ["ada", "bob"] * 30
    with pytest.raises(BadInput, match=r"views\[0\] must hold real numbers; .* column 'who'"):
        Aligner(**QUICK).fit([first, second])


def test_frames_whose_rows_or_columns_moved_are_refused():
    pandas = pytest.importorskip("pandas")
    first, second = frames(pandas)
    with pytest.raises(BadInput, match=r"views\[1\] has the index of views\[0\] in another order"):
        Aligner(**QUICK).fit([first, second.sample(frac=1, random_state=0)])
    fitted = Aligner(**QUICK).fit([first, second])
    moved = first[["c1", "c0", "c2", "c3"]]
    with pytest.raises(BadInput, match=r"column 0 is 'c1', in fit it was 'c0'"):
        fitted.transform([moved, second])


def test_one_array_of_three_axes_is_its_views():
    stack = np.stack([VIEWS[0], VIEWS[1][:, :4]])
    a, b = Aligner(**QUICK).fit(stack).transform(stack)
    c, d = Aligner(**QUICK).fit(list(stack)).transform(tuple(stack))
    np.testing.assert_array_equal(a, c)
    np.testing.assert_array_equal(b, d)


def test_a_matrix_of_numpy_is_an_array():
    with pytest.warns(PendingDeprecationWarning):
        given = [np.matrix(view) for view in VIEWS]
    assert Aligner(**QUICK).fit(given).score(given) == FITTED.score(VIEWS)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: (v for v in VIEWS), "views must be a sequence .* got generator"),
        (lambda: dict(enumerate(VIEWS)), "views must be a sequence .* got dict"),
        (lambda: VIEWS[0], r"views must be a sequence .* got ndarray of shape \(60, 4\)"),
        (lambda: Frame(VIEWS[0], list("abcd")), "views must be a sequence .* got Frame of shape"),
        (lambda: "views", "views must be a sequence .* got str"),
        (lambda: None, "views must be a sequence .* got NoneType"),
        (lambda: [np.ma.masked_array(VIEWS[0], VIEWS[0] > 1), VIEWS[1]], "is a masked array"),
        (lambda: [VIEWS[0].astype(object), VIEWS[1]], r"views\[0\] must hold real numbers"),
        (lambda: [VIEWS[0].astype("M8[s]"), VIEWS[1]], r"views\[0\] must hold real numbers"),
        (lambda: [None, VIEWS[1]], r"views\[0\] must be an array .* got NoneType"),
    ],
)
def test_what_are_no_views_is_refused(make, message):
    with pytest.raises(BadInput, match=message):
        Aligner(**QUICK).fit(make())
    if "NoneType" not in message or "sequence" in message:
        with pytest.raises(BadInput):
            FITTED.transform(make())


def test_score_needs_every_view():
    with pytest.raises(BadInput, match=r"score needs every view; views\[1\] is None"):
        FITTED.score([VIEWS[0], None])


@pytest.mark.parametrize(
    "params",
    [
        dict(n_components=True),
        dict(n_components=2.0),
        dict(workers=0),
        dict(random_state=-1),
        dict(random_state="x"),
        dict(whitening=None),
        dict(whitening=float("nan")),
        dict(validation_fraction="x"),
        dict(validation_fraction=float("nan")),
        dict(objective_params=[1]),
        dict(objective_params={"reduction": "none"}),
        dict(objective_params={"workers": 2}),
        dict(objective_params={"wrt": "views"}),
        dict(objective_params={"diagnostics": True}),
        dict(objective_params={"mask": np.ones((2, 60), bool)}),
        dict(objective_params={"temperature": 0.2}, temperature=0.3),
        dict(temperature=1e-320),
    ],
    ids=str,
)
def test_parameters_are_refused_by_name(params):
    name = next(iter(params.get("objective_params") or params), None)
    with pytest.raises(BadInput, match=name if isinstance(name, str) else "objective_params"):
        Aligner(**QUICK | params).fit(VIEWS)


@pytest.mark.parametrize(
    ("dtype", "size"),
    [
        ("float64", 1e200),
        ("float64", 1e155),
        ("float64", 1e-155),
        ("float64", 1e-200),
        ("float32", 1e30),
        ("float32", 1e-30),
    ],
)
def test_columns_of_any_size_align_the_same(dtype, size):
    """Whole views, and single columns beside others near 1; nothing warns."""
    scale = np.ones(4)
    scale[1] = size
    plain = [view.astype(dtype) for view in VIEWS]
    wanted = Aligner(**QUICK).fit(plain).transform(plain)
    for given in (
        [plain[0] * scale.astype(dtype), plain[1]],
        [v * np.dtype(dtype).type(size) for v in plain],
    ):
        found = Aligner(**QUICK).fit(given).transform(given)
        for z, other in zip(found, wanted, strict=True):
            np.testing.assert_allclose(z, other, atol=2e-3)


def test_one_enormous_value():
    """Among the rows learned from it is one value of many; beyond them it is refused in words."""
    outside = set(FITTED.validation_rows_.tolist())
    for row in (min(set(range(60)) - outside), min(outside)):
        views = [view.copy() for view in VIEWS]
        views[0][row, 0] = 1e200
        aligner = Aligner(**QUICK)
        if row in outside:
            with pytest.raises(BadInput, match=r"views\[0\] has values too far from"):
                aligner.fit(views)
        else:
            rows = aligner.fit(views).transform(views)
            np.testing.assert_allclose(np.linalg.norm(rows[0], axis=1), 1, rtol=1e-5)


def test_columns_that_cannot_be_written_are_refused():
    for dtype, size in (("float64", 1e306), ("float64", 1e-306), ("float32", 1e36)):
        given = [VIEWS[0].astype(dtype) * np.dtype(dtype).type(size), VIEWS[1]]
        with pytest.raises(BadInput, match=r"views\[0\]: column 0 spreads over .* change its unit"):
            Aligner(**QUICK).fit(given)

"""Tables of pandas, polars and pyarrow are views, with lists as blocks of columns."""

import numpy as np
import pytest
from views import synthetic_views

from polycontrast.align import Aligner, BadInput

QUICK = dict(n_components=3, max_iter=1, whitening=1.0)
VIEWS, _ = synthetic_views(rows=60, columns=(4, 5))
FITTED = Aligner(**QUICK).fit(VIEWS)


def columns_of(view):
    return {f"c{n}": column for n, column in enumerate(view.T)}


def lists_of(view):
    return {"c0": view[:, 0], "e": view[:, 1:].tolist()}


def make(library, data):
    module = pytest.importorskip(library)
    return module.table(data) if library == "pyarrow" else module.DataFrame(data)


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
@pytest.mark.parametrize("form", [columns_of, lists_of], ids=["numbers", "lists"])
def test_a_table_is_its_numbers(library, form):
    tables = [make(library, form(view)) for view in VIEWS]
    aligner = Aligner(**QUICK).fit(tables)
    for z, wanted in zip(aligner.transform(tables), FITTED.transform(VIEWS), strict=True):
        np.testing.assert_array_equal(z, wanted)
    lists = ["c0", "e[0]", "e[1]", "e[2]"]
    plain = ["c0", "c1", "c2", "c3"]
    assert aligner.feature_names_in_[0] == (lists if form is lists_of else plain)
    with pytest.raises(BadInput, match=r"views\[0\] must have 4 columns as in fit; got 3"):
        aligner.transform([make(library, form(VIEWS[0][:, :3])), tables[1]])


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
@pytest.mark.parametrize(
    ("column", "message"),
    [
        (["x"] * 60, "must hold real numbers; not numeric: column 'w'"),
        ([[1.0, 2.0]] * 59 + [[3.0]], "column 'w' must hold one list of equal length a row; .* 59"),
        ([1.0] * 59 + [None], r"missing \(nan\) .* in column 'w', in 1 of 60 rows"),
    ],
    ids=["words", "lengths", "missing"],
)
def test_other_columns_are_refused(library, column, message):
    with pytest.raises(BadInput, match=message):
        Aligner(**QUICK).fit([make(library, {"w": column}), VIEWS[1]])


def test_the_index_of_a_frame_that_pyarrow_holds_is_no_feature():
    """It orders the rows, and in another order the tables are refused."""
    pandas, arrow = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    names = pandas.Index(np.random.default_rng(0).permutation(60), name="who")
    frames = [pandas.DataFrame(columns_of(view), index=names) for view in VIEWS]
    tables = [arrow.Table.from_pandas(frame) for frame in frames]
    aligner = Aligner(**QUICK).fit(tables)
    assert aligner.feature_names_in_[0] == ["c0", "c1", "c2", "c3"]
    moved = arrow.Table.from_pandas(frames[1][::-1])
    with pytest.raises(BadInput, match=r"views\[1\] has the index of views\[0\] in another order"):
        Aligner(**QUICK).fit([tables[0], moved])

"""A table comes apart into the columns that were asked for, or it is said why not."""

import pickle

import numpy as np
import pytest
from backends import backend_params

from polycontrast.align import BadInput, ViewSplitter

TABLE = np.arange(20.0).reshape(4, 5)


@pytest.mark.parametrize(
    ("columns", "wanted"),
    [
        pytest.param([2, 3], [[0, 1], [2, 3, 4]], id="widths"),
        pytest.param((np.int64(4), 1), [[0, 1, 2, 3], [4]], id="numpy-widths"),
        pytest.param([[4], [1, 0]], [[4], [1, 0]], id="numbers"),
        pytest.param([range(1, 3), np.array([0])], [[1, 2], [0]], id="ranges"),
    ],
)
def test_views_are_these_columns(columns, wanted):
    splitter = ViewSplitter(columns)
    for view, numbers in zip(splitter.fit_transform(TABLE), wanted, strict=True):
        np.testing.assert_array_equal(view, TABLE[:, numbers])
    names = [f"x{n}" for numbers in wanted for n in numbers]
    assert list(splitter.get_feature_names_out()) == names
    again = pickle.loads(pickle.dumps(splitter))
    np.testing.assert_array_equal(again.transform(TABLE)[1], TABLE[:, wanted[1]])


@pytest.mark.parametrize("library", backend_params())
def test_arrays_of_any_library_stay_there(library):
    table = library.xp.asarray(TABLE.tolist())
    for columns in ([2, 3], [[4], [1, 0]]):
        views = ViewSplitter(columns).fit_transform(table)
        assert type(views[1]) is type(table)
        numbers = ViewSplitter(columns).fit(TABLE).columns_[1]
        np.testing.assert_array_equal(library.read(views[1]), TABLE[:, numbers])


def test_widths_do_not_copy():
    assert all(np.shares_memory(view, TABLE) for view in ViewSplitter([2, 3]).fit_transform(TABLE))


def test_frames_stay_frames():
    """Columns go by name or by place; the index stays."""
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(TABLE, columns=list("abcde"), index=list("wxyz"))
    for columns in ([["e"], ["b", "a"]], [[4], [1, 0]]):
        views = ViewSplitter(columns).fit_transform(frame)
        assert [list(view.columns) for view in views] == [["e"], ["b", "a"]]
        assert list(views[0].index) == list("wxyz")
    with pytest.raises(BadInput, match="view 0 lists column 'f'; X has none; "):
        ViewSplitter([["f"], ["a"]]).fit(frame)
    frame.columns = list("aacde")
    with pytest.raises(BadInput, match="view 0 lists column 'a'; X has 2 of them"):
        ViewSplitter([["a"], ["c"]]).fit(frame)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        pytest.param([2, 2], r"add up to the columns of X; got \[2, 2\], and X has 5", id="short"),
        pytest.param([5, 0], "must be >= 1", id="empty"),
        pytest.param([5], "an entry for each of two or more views", id="one-view"),
        pytest.param(None, "an entry for each of two or more views; got None", id="none"),
        pytest.param("ab", "an entry for each of two or more views", id="word"),
        pytest.param([2, [3]], "must be widths alone, or a list .* got 2 for view 0", id="mixed"),
        pytest.param([[0], []], r"got \[\] for view 1", id="no-columns"),
        pytest.param([[0], ["b"]], "only the columns of a data frame have names", id="names"),
        pytest.param([[0], [5]], "view 1 lists column 5; X has 5", id="beyond"),
        pytest.param([[0], [-1]], "view 1 lists column -1", id="negative"),
        pytest.param([[0, 1], [1]], "column 1 is in views 0 and 1", id="shared"),
        pytest.param([[0], [1, 1]], "column 1 is twice in view 1", id="twice"),
        pytest.param([[True], [1]], "view 0 lists column True", id="mask"),
    ],
)
def test_columns_that_do_not_fit_are_refused(columns, message):
    with pytest.raises(BadInput, match=f"ViewSplitter: .*{message}"):
        ViewSplitter(columns).fit(TABLE)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        pytest.param([TABLE, TABLE], "A list of views needs no ViewSplitter", id="views"),
        pytest.param([TABLE, TABLE[:, :2]], "must be one table .* got list", id="widths-differ"),
        pytest.param(TABLE[0], "Reshape your data", id="one-row"),
        pytest.param(TABLE[:0], "X is empty", id="no-rows"),
        pytest.param(np.ma.masked_array(TABLE), "got MaskedArray", id="masked"),
        pytest.param(TABLE.astype(str), "must hold real numbers", id="words"),
        pytest.param(None, "got NoneType", id="nothing"),
    ],
)
def test_what_is_no_table_is_refused(table, message):
    with pytest.raises(BadInput, match=message):
        ViewSplitter([2, 3]).fit(table)


def test_another_width_is_refused():
    with pytest.raises(BadInput, match="X has 4 features, but ViewSplitter is expecting 5"):
        ViewSplitter([2, 3]).fit(TABLE).transform(TABLE[:, :4])


def test_a_sparse_table_is_refused():
    from scipy.sparse import csr_array

    with pytest.raises(BadInput, match="got a sparse matrix, csr_array"):
        ViewSplitter([2, 3]).fit(csr_array(TABLE))

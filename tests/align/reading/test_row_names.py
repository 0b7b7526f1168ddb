"""What names the rows of a file is no feature: rows would find one another by it."""

import numpy as np
import pytest

from polycontrast.align.errors import BadInput
from polycontrast.align.reading.files import read_table, read_views

X = np.arange(12.0).reshape(4, 3) / 7
NAMES = ["7", "3", "12", "5"]


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return str(path)


def table_of(tmp_path, text, name="t.csv", encoding="utf-8"):
    (tmp_path / name).write_text(text, encoding=encoding, newline="")
    return read_table(str(tmp_path / name))


def with_names(header, names, separator=","):
    lines = [separator.join(map(repr, row)) for row in X.tolist()]
    pairs = zip(names, lines, strict=True)
    return header + "\n" + "\n".join(f"{name}{separator}{line}" for name, line in pairs) + "\n"


@pytest.mark.parametrize("names", [NAMES, ["Mazda RX4", "12_1", "b", "c"], ["0", "1", "2", "3"]])
@pytest.mark.parametrize(
    "header",
    [",a,b,c", '"",a,b,c', "Unnamed: 0,a,b,c", "...1,a,b,c", "a,b,c"],
    ids=["pandas", "R write.csv", "pandas twice", "readr", "R write.table"],
)
def test_names_of_rows_are_no_feature(tmp_path, header, names):
    """In order, shuffled, filtered or words: rows must not find one another by them."""
    table = table_of(tmp_path, with_names(header, names))
    assert table.columns == ["a", "b", "c"]
    np.testing.assert_array_equal(table.values, X)
    assert len(table.left_out) == 1
    numeric = all(name.isdigit() for name in names)
    assert table.row_names.tolist() == ([float(name) for name in names] if numeric else names)


@pytest.mark.parametrize(
    "name", ["id", "ID", "index", "level_0", "Row Names", "sample_id", "docId"]
)
def test_identifiers_with_a_name_are_no_feature(tmp_path, name):
    for names in (NAMES, ["u-1", "u-2", "u-3", "u-4"]):
        table = table_of(tmp_path, with_names(f"{name},a,b,c", names))
        assert (table.columns, table.left_out) == (["a", "b", "c"], [repr(name)])


@pytest.mark.parametrize("name", ["a0", "grid", "paid", "X", "id"])
def test_features_stay_features(tmp_path, name):
    """Numbers that are not whole name nothing, nor do names that only end in the letters."""
    table = table_of(tmp_path, with_names(f"{name},a,b,c", ["0.5", "7", "7", "3"]))
    assert (table.columns, table.left_out) == ([name, "a", "b", "c"], [])


def test_numbers_of_rows_are_no_feature(tmp_path):
    """0, 1, 2, ... in order under any name; from an array without names it is refused."""
    noise = np.random.default_rng(0).standard_normal((12, 2))
    for start in (0, 1):
        lines = [f"{a},{n + start},{b}" for n, (a, b) in enumerate(noise.tolist())]
        table = table_of(tmp_path, "\n".join(["a,time,b", *lines]))
        assert (table.columns, table.left_out) == (["a", "b"], ["'time'"])
        np.save(tmp_path / "t.npy", np.column_stack([noise, np.arange(12) + start]))
        with pytest.raises(BadInput, match=r"t\.npy: column 2 numbers the rows"):
            read_table(str(tmp_path / "t.npy"))


def test_an_index_in_parquet_is_no_feature(tmp_path):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    for name in (None, "patient"):
        index = pandas.Index([7.5, 3, 12, 5], name=name)
        pandas.DataFrame(X, columns=["a", "b", "c"], index=index).to_parquet(tmp_path / "t.parquet")
        table = read_table(str(tmp_path / "t.parquet"))
        assert table.columns == ["a", "b", "c"]
        np.testing.assert_array_equal(table.values, X)
        assert table.row_names.tolist() == [7.5, 3, 12, 5]


def test_the_same_names_in_another_order_are_refused(tmp_path):
    """Then row i is not the same thing in both."""
    one = write(tmp_path / "one.csv", with_names(",a,b,c", NAMES))
    two = write(tmp_path / "two.csv", with_names("id,a,b,c", NAMES[::-1]))
    with pytest.raises(BadInput, match=r"two\.csv: its rows \('id'\) have the names .* of 'one'"):
        read_views([one, two])


def test_identifiers_that_may_be_numbers_are_refused(tmp_path):
    """The column is called id: 12_1 would be left out, or read as 121; neither is sure."""
    with pytest.raises(BadInput, match=r"not numeric: column 'id' \('12_1' in line 2\)"):
        read_table(write(tmp_path / "t.csv", "id,v\n12_1,3\n13_2,4\n"))


@pytest.mark.parametrize("text", ["# a table\n1,2\n3,4\n", "a\n0.5,2\n1.5,4\n", "a\n7,2\n7,4\n"])
def test_a_header_too_short_is_no_header_of_r(tmp_path, text):
    """A comment, or a name that was forgotten: the first column may be a feature."""
    with pytest.raises(BadInput, match=r"t\.csv: line 2 has 2 fields, 1 expected"):
        table_of(tmp_path, text)

"""Views come out of files as they went in, and what cannot be used is named in one line."""

import numpy as np
import pytest

from polycontrast.align.errors import BadInput, MissingDependency
from polycontrast.align.reading.files import read_labels, read_table, read_views

X = np.arange(12.0).reshape(4, 3) / 7


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_npy(tmp_path):
    np.save(tmp_path / "photo.npy", X)
    table = read_table(str(tmp_path / "photo.npy"))
    assert table.name == "photo"
    np.testing.assert_array_equal(table.values, X)


def test_npz_by_key_and_without_one(tmp_path):
    np.savez(tmp_path / "two.npz", a=X, b=2 * X)
    np.savez(tmp_path / "one.npz", only=X)
    assert read_table(f"{tmp_path}/two.npz:b").name == "b"
    np.testing.assert_array_equal(read_table(f"{tmp_path}/two.npz:b").values, 2 * X)
    np.testing.assert_array_equal(read_table(f"{tmp_path}/one.npz").values, X)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("header", [True, False])
def test_csv_with_and_without_header(tmp_path, separator, header):
    lines = [separator.join(map(repr, row)) for row in X.tolist()]
    names = separator.join(["width", '"height"', "depth"])
    table = read_table(write(tmp_path / "t.csv", "\n".join([names] * header + lines) + "\n"))
    np.testing.assert_array_equal(table.values, X)
    named = ["width", "height", "depth"]
    assert table.columns == (named if header else ["column 1", "column 2", "column 3"])


def test_csv_index_of_a_data_frame_is_left_out(tmp_path):
    """It numbers the rows, so that views would match by their row numbers and nothing else."""
    lines = [",0,1,2", *(",".join(map(str, [n, *row])) for n, row in enumerate(X.tolist()))]
    table = read_table(write(tmp_path / "frame.csv", "\n".join(lines)))
    assert table.columns == ["0", "1", "2"]
    np.testing.assert_allclose(table.values, X)


def test_csv_empty_fields_are_missing_values(tmp_path):
    table = read_table(write(tmp_path / "t.csv", "a,b\n1,\n2,3\n"))
    np.testing.assert_array_equal(table.values, [[1, np.nan], [2, 3]])


def test_parquet(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    columns = {"a": [1, 2, None], "b": [0.5, 1.5, 2.5]}
    parquet.write_table(pyarrow.table(columns), tmp_path / "t.parquet")
    table = read_table(str(tmp_path / "t.parquet"))
    assert table.columns == ["a", "b"]
    np.testing.assert_array_equal(table.values, [[1, 0.5], [2, 1.5], [np.nan, 2.5]])
    parquet.write_table(pyarrow.table({"a": [1], "who": ["x"]}), tmp_path / "w.parquet")
    with pytest.raises(BadInput, match=r"w\.parquet: not numeric: column 'who'"):
        read_table(str(tmp_path / "w.parquet"))


def test_parquet_without_pyarrow_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    (tmp_path / "t.parquet").write_bytes(b"")
    with pytest.raises(MissingDependency, match=r'pyarrow: pip install "polycontrast\[align\]"'):
        read_table(str(tmp_path / "t.parquet"))


def test_equal_names_get_numbers(tmp_path):
    for folder in ("left", "right"):
        (tmp_path / folder).mkdir()
        np.save(tmp_path / folder / "eye.npy", X)
    views = read_views([f"{tmp_path}/left/eye.npy", f"{tmp_path}/right/eye.npy"])
    assert list(views) == ["eye", "eye_2"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.npy", None, r"none\.npy: no such file"),
        ("x.txt", "1", r"unknown kind of file '\.txt'; known: \.npy, \.npz, \.csv, \.parquet"),
        ("x.npy", "no array", r"x\.npy: "),
        ("x.npz", "no archive", r"x\.npz: "),
        ("x.csv", "", r"x\.csv: is empty"),
        ("x.csv", "a,b\n", r"x\.csv: has no rows"),
        ("x.csv", "a,b\n1,2\n3\n", r"x\.csv: line 3 has 1 fields, 2 expected"),
        (
            "x.csv",
            "age,name\n1,ada\n2,bob\n",
            r"x\.csv: not numeric: column 'name' \('ada' in line 2\)",
        ),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path, name, content, message):
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(BadInput, match=message) as error:
        read_table(str(tmp_path / name))
    assert "\n" not in str(error.value)


def test_npz_keys_are_offered(tmp_path):
    np.savez(tmp_path / "x.npz", image=X, text=X)
    with pytest.raises(
        BadInput, match=r"name one of its arrays as .*x\.npz:KEY; it has image, text"
    ):
        read_table(f"{tmp_path}/x.npz")
    with pytest.raises(BadInput, match="no array 'imag'; did you mean image"):
        read_table(f"{tmp_path}/x.npz:imag")
    np.savez(tmp_path / "o.npz", things=np.array([{}], dtype=object))
    with pytest.raises(BadInput, match="no plain array"):
        read_table(f"{tmp_path}/o.npz")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("3\n1\n3\n1\n", [3, 1, 3, 1]), ("kind\ncat\ndog\ncat\ndog\n", ["cat", "dog", "cat", "dog"])],
)
def test_labels_are_numbers_or_words(tmp_path, text, wanted):
    assert read_labels(write(tmp_path / "y.csv", text), 4).tolist() == wanted


def test_labels_must_be_one_column_of_the_right_length(tmp_path):
    np.save(tmp_path / "y.npy", np.arange(5))
    with pytest.raises(BadInput, match="5 labels for 4 rows"):
        read_labels(f"{tmp_path}/y.npy", 4)
    np.save(tmp_path / "y.npy", X)
    with pytest.raises(BadInput, match="labels must be one column"):
        read_labels(f"{tmp_path}/y.npy", 4)
    np.save(tmp_path / "y.npy", np.array([1, np.nan, 2, 2]))
    with pytest.raises(BadInput, match="labels have missing"):
        read_labels(f"{tmp_path}/y.npy", 4)

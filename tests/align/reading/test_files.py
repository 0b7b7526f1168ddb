"""Views come out of files as they went in, and what cannot be used is named in one line."""

import re

import numpy as np
import pytest

from polycontrast.align.errors import BadInput, MissingDependency
from polycontrast.align.reading.files import read_table, read_views

X = np.arange(12.0).reshape(4, 3) / 7


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return str(path)


def table_of(tmp_path, text, name="t.csv", encoding="utf-8"):
    (tmp_path / name).write_text(text, encoding=encoding, newline="")
    return read_table(str(tmp_path / name))


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
    with pytest.raises(MissingDependency, match=r'pyarrow: pip install ".*\[align\]"'):
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
        ("x.txt", "1", r"unknown kind of file '\.txt'; known: \.npy, \.npz, \.h5, "),
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
    "cell",
    [
        "12_1",
        "1_000",
        "0x1F",
        "1 000",
        "1,5",
        "1.000,5",
        "١٢",
        "１２",
        "1.5f",
        "four",
        "--1",
    ],
)
def test_what_is_no_number_is_named(tmp_path, cell):
    """Whatever Python makes of it: also in the first line, which would pass for a header."""
    for text in (f'a;b\n1;2\n1;"{cell}"\n', f'1;"{cell}"\n1;2\n0;4\n'):
        with pytest.raises(BadInput, match=r"t\.csv: .*" + re.escape(cell)):
            table_of(tmp_path, text)


@pytest.mark.parametrize("cell", ["", "nan", "NaN", "NA", "<NA>", "null", "None", "N/A", " "])
def test_missing_cells_stay_where_they_are(tmp_path, cell):
    table = table_of(tmp_path, f"a,b\n1,2\n{cell},3\n4,5\n")
    np.testing.assert_array_equal(table.values, [[1, 2], [np.nan, 3], [4, 5]])
    alone = table_of(tmp_path, f"a\n1\n{cell.strip()}\n4\n")
    np.testing.assert_array_equal(alone.values[:, 0], [1, np.nan, 4])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n"])
def test_usual_forms_are_read(tmp_path, encoding, end):
    """Marks of encodings, ends of lines, quotes, signs, spaces and line breaks in names."""
    text = '"größe ""a""\nin m",b\n+1, 2e0\n"3", .5\n'.replace("\n", end)
    table = table_of(tmp_path, text, encoding=encoding)
    np.testing.assert_array_equal(table.values, [[1, 2], [3, 0.5]])
    assert table.columns[1] == "b"


def test_lists_in_parquet_are_blocks_of_columns(tmp_path):
    """Embeddings beside an identifier, in each of the forms of lists, halves and tensors too."""
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    flat = pa.array(X.ravel())
    forms = [
        pa.array(X.tolist(), pa.list_(pa.float32())),
        pa.array(X.tolist(), pa.large_list(pa.float64())),
        pa.array(X.tolist(), pa.list_(pa.float64(), 3)),
        pa.array(X.astype(np.float16).tolist(), pa.list_(pa.float16())),
        pa.ExtensionArray.from_storage(
            pa.fixed_shape_tensor(pa.float64(), [3]), pa.FixedSizeListArray.from_arrays(flat, 3)
        ),
        pa.array([[[v] for v in row] for row in X.tolist()], pa.list_(pa.list_(pa.float64()))),
    ]
    for form in forms:
        words = pa.table({"id": ["a1", "000", "12_1", "d"], "embedding": form, "age": [1, 0, 1, 0]})
        parquet.write_table(words, tmp_path / "t.parquet", row_group_size=2)
        table = read_table(str(tmp_path / "t.parquet"))
        assert table.columns == ["embedding[0]", "embedding[1]", "embedding[2]", "age"]
        assert table.left_out == ["'id'"]
        np.testing.assert_allclose(table.values[:, :3], X, rtol=1e-3)
        np.testing.assert_array_equal(table.values[:, 3], [1, 0, 1, 0])


@pytest.mark.parametrize(
    ("lists", "message"),
    [
        ([[1.0, 2.0], [3.0], [4.0, 5.0]], "other lengths or none in row 1"),
        ([[1.0, 2.0], None, []], "other lengths or none in rows 1, 2"),
        ([[], [], []], "other lengths or none in rows 0, 1, 2"),
    ],
)
def test_lists_of_other_lengths_are_refused(tmp_path, lists, message):
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(
        pa.table({"v": pa.array(lists, pa.list_(pa.float64()))}), tmp_path / "t.parquet"
    )
    with pytest.raises(BadInput, match=f"t.parquet: column 'v' .*{message}"):
        read_table(str(tmp_path / "t.parquet"))


@pytest.mark.parametrize("header", ["id,0,1,2", "site,1990,1991,1993,2000", "a,b", "0,1,2"])
def test_headers_with_numbers(tmp_path, header):
    """Years and counts name columns; numbers that do not rise are a line of data."""
    count = header.count(",") + 1
    table = table_of(tmp_path, header + "\n" + (",".join(["0.5"] * count) + "\n") * 3)
    assert table.columns == header.split(",")
    assert len(table.values) == 3


@pytest.mark.parametrize("dtype", [">f8", "f2", "longdouble", "<i2", "bool", ">u4"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_npy_of_any_dtype(tmp_path, dtype, order):
    values = np.asarray(X > 0.5, order=order).astype(dtype)
    np.save(tmp_path / "t.npy", values)
    np.savez_compressed(tmp_path / "t.npz", values)
    for name in ("t.npy", "t.npz"):
        found = read_table(str(tmp_path / name)).values
        assert found.dtype.isnative
        np.testing.assert_array_equal(found, X > 0.5)


def test_an_archive_alone_gives_all_its_matrices(tmp_path):
    """Each matrix is a view; what is no matrix is left out, and one matrix is not enough."""
    x, y = np.ones((3, 2)), np.zeros((3, 4))
    np.savez(tmp_path / "both.npz", image=x, text=y, labels=np.arange(3))
    views = read_views([str(tmp_path / "both.npz")])
    assert {name: table.values.shape for name, table in views.items()} == {
        "image": (3, 2),
        "text": (3, 4),
    }
    np.savez(tmp_path / "one.npz", image=x, labels=np.arange(3))
    with pytest.raises(BadInput, match=r"at least two arrays .*; it has image \(3, 2\), labels"):
        read_views([str(tmp_path / "one.npz")])

"""Views come out of folders of tables, archives of several arrays, HDF5 and .safetensors."""

import json
import sys

import numpy as np
import pytest

from polycontrast.align.errors import BadInput, MissingDependency
from polycontrast.align.reading.files import read_table, read_views

X = np.arange(24.0).reshape(8, 3) / 7


def write_csv(path, rows, names="a,b,c", separator=","):
    lines = [names.replace(",", separator)]
    lines += [separator.join(map(repr, row)) for row in rows.tolist()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def refused(spec, message):
    with pytest.raises(BadInput, match=message) as error:
        read_table(str(spec))
    assert "\n" not in str(error.value)


def test_tables_with_tabs(tmp_path):
    write_csv(tmp_path / "t.tsv", X, separator="\t")
    table = read_table(f"{tmp_path}/t.tsv")
    assert table.columns == ["a", "b", "c"]
    np.testing.assert_array_equal(table.values, X)


@pytest.mark.parametrize("kind", ["csv", "npy", "parquet"])
def test_a_folder_of_tables_is_one_view(tmp_path, kind):
    """Part 10 comes after part 2, and what is hidden or a mark of a job is no table."""
    folder = tmp_path / "image"
    folder.mkdir()
    (folder / "_SUCCESS").write_text("")
    (folder / ".hidden").write_text("")
    for part, rows in (("part-2", X[:3]), ("part-10", X[3:])):
        if kind == "csv":
            write_csv(folder / f"{part}.csv", rows)
        elif kind == "npy":
            np.save(folder / f"{part}.npy", rows)
        else:
            arrow = pytest.importorskip("pyarrow")
            parquet = pytest.importorskip("pyarrow.parquet")
            columns = dict(zip("abc", rows.T, strict=True))
            parquet.write_table(arrow.table(columns), folder / f"{part}.parquet")
    table = read_table(str(folder))
    assert table.name == "image"
    assert table.columns == (None if kind == "npy" else ["a", "b", "c"])
    np.testing.assert_array_equal(table.values, X)


def test_folders_that_hold_no_view_are_refused(tmp_path):
    refused(tmp_path, "must hold tables of one kind .*; it is empty")
    write_csv(tmp_path / "1.csv", X)
    np.save(tmp_path / "2.npy", X)
    refused(tmp_path, r"must hold tables of one kind .*; got \.csv, \.npy")
    (tmp_path / "2.npy").unlink()
    write_csv(tmp_path / "2.csv", X, names="a,b,d")
    refused(tmp_path, r"2\.csv: its columns and those of .*1\.csv differ: d, c")
    write_csv(tmp_path / "2.csv", X, names="b,a,c")
    refused(tmp_path, r"2\.csv: its columns and those of .*1\.csv are in another order")


@pytest.mark.parametrize(
    ("second", "message"),
    [
        (X[:, :2], "equal columns of numbers; got 2, and 3"),
        (X.astype(np.float32), "equal dtype; got float32, and float64"),
        (X[:, 0], r"must be two-dimensional .* got shape \(8,\)"),
    ],
    ids=["columns", "dtype", "axes"],
)
def test_arrays_of_a_folder_are_alike(tmp_path, second, message):
    np.save(tmp_path / "1.npy", X)
    np.save(tmp_path / "2.npy", second)
    refused(tmp_path, message)


def test_an_archive_alone_leaves_out_what_is_named_elsewhere(tmp_path):
    np.savez(tmp_path / "x.npz", image=X, text=2 * X, kind=np.ones((8, 1)))
    views = read_views([f"{tmp_path}/x.npz"], apart=(f"{tmp_path}/x.npz:kind",))
    assert list(views) == ["image", "text"]
    np.testing.assert_array_equal(views["text"].values, 2 * X)


def test_hdf5(tmp_path):
    """Data sets in groups, by their path; alone, each is a view."""
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["deep/image"] = X.astype(np.float16)
        file["text"] = 2 * X
        file["size"] = 3
        file["kind"] = ["cat", "dog"] * 4
    views = read_views([f"{tmp_path}/x.h5"], apart=(f"{tmp_path}/x.h5:kind",))
    assert list(views) == ["deep/image", "text"]
    np.testing.assert_array_equal(views["text"].values, 2 * X)
    np.testing.assert_allclose(read_table(f"{tmp_path}/x.h5:deep/image").values, X, rtol=1e-3)
    refused(f"{tmp_path}/x.h5:txt", "no array 'txt'; did you mean text")
    (tmp_path / "y.hdf5").write_bytes((tmp_path / "x.h5").read_bytes()[:900])
    refused(f"{tmp_path}/y.hdf5", r"y\.hdf5: is no sound HDF5 file")


def test_safetensors(tmp_path):
    numpy = pytest.importorskip("safetensors.numpy")
    arrays = {"image": X.astype(np.float32), "text": X.astype(np.float16)}
    numpy.save_file(arrays, tmp_path / "x.safetensors")
    views = read_views([f"{tmp_path}/x.safetensors"])
    assert list(views) == ["image", "text"]
    np.testing.assert_array_equal(views["image"].values, X.astype(np.float32))
    refused(f"{tmp_path}/x.safetensors", "name one of its arrays as .*:KEY; it has image, text")
    (tmp_path / "y.safetensors").write_bytes(b"\x08" + bytes(30))
    refused(f"{tmp_path}/y.safetensors", r"y\.safetensors: is no sound \.safetensors file")


def test_bfloat16(tmp_path):
    """NumPy has no such numbers; they are the upper halves of float32."""
    pytest.importorskip("safetensors")
    halves = (X.astype("<f4").view("<u4") >> 16).astype("<u2")
    header = {"x": {"dtype": "BF16", "shape": [8, 3], "data_offsets": [0, halves.nbytes]}}
    text = json.dumps(header).encode()
    path = tmp_path / "x.safetensors"
    path.write_bytes(len(text).to_bytes(8, "little") + text + halves.tobytes())
    found = read_table(str(path)).values
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, X, rtol=2**-7)


@pytest.mark.parametrize(
    ("name", "module"), [("x.h5", "h5py"), ("x.safetensors", "safetensors")], ids=["h5", "safe"]
)
def test_a_reader_that_is_missing_is_named_with_its_extra(tmp_path, monkeypatch, name, module):
    monkeypatch.setitem(sys.modules, module, None)
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(MissingDependency, match=rf"{module}: .*\[files\]"):
        read_table(f"{tmp_path}/{name}")

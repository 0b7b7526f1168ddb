"""Large files are read a part at a time, and give what they give as a whole."""

import csv
import zipfile

import numpy as np
import pytest

from polycontrast.align.errors import BadInput
from polycontrast.align.reading import Choice, archives, csvlines
from polycontrast.align.reading.files import read_table, read_views
from polycontrast.align.streams import StreamedRows, in_memory

X = np.random.default_rng(0).standard_normal((60, 4)).astype(np.float32)


@pytest.fixture
def in_parts(monkeypatch):
    """Every view is large, and read a few rows at a time."""
    monkeypatch.setattr("polycontrast.align.streams.store.LARGE", 100)
    monkeypatch.setattr("polycontrast.align.streams.rows.BLOCK", 200)
    for module in ("arrayfile", "archives", "parquetfile"):
        monkeypatch.setattr(f"polycontrast.align.reading.{module}.BLOCK", 200)
    monkeypatch.setattr(csvlines, "PIECE", 300)


def save_npz(path):
    np.savez(path, other=X[:2], x=X)


def save_compressed(path):
    np.savez_compressed(path, other=X[:2], x=X)


def save_hdf5(path):
    h5py = pytest.importorskip("h5py")
    with h5py.File(path, "w") as file:
        file["other"] = X[:2]
        file.create_dataset("x", data=X, chunks=(7, 3), compression="gzip")


def save_safetensors(path):
    numpy = pytest.importorskip("safetensors.numpy")
    numpy.save_file({"other": X[:2].copy(), "x": X}, path)


ARCHIVES = {
    "stored": ("x.npz", save_npz),
    "compressed": ("x.npz", save_compressed),
    "hdf5": ("x.h5", save_hdf5),
    "safetensors": ("x.safetensors", save_safetensors),
}


@pytest.mark.parametrize("kind", ARCHIVES)
def test_an_array_of_an_archive(kind, tmp_path, in_parts):
    """The numbers of the array, a few rows at a time; and the dtype of the file."""
    name, save = ARCHIVES[kind]
    save(tmp_path / name)
    found = read_table(f"{tmp_path}/{name}:x").values
    assert isinstance(found, StreamedRows)
    np.testing.assert_array_equal(found.read(), X)
    np.testing.assert_array_equal(found.take(np.array([59, 3])).read(), X[[59, 3]])
    assert found.dtype == np.float32
    watched = []
    read_table(f"{tmp_path}/{name}:x", watch=lambda *step: watched.append(step))
    mapped = kind in ("stored", "safetensors")  # nothing is read before it is used
    assert bool(watched) != mapped
    assert {phase for phase, *_ in watched} <= {f"reading {name}:x (MiB)"}


@pytest.mark.parametrize("kind", ARCHIVES)
def test_arrays_alone_are_views_without_being_read(kind, tmp_path, in_parts, monkeypatch):
    """An archive that is the only file is looked at first; then each array is read once."""
    name, save = ARCHIVES[kind]
    save(tmp_path / name)
    opened, reads = archives.open_archive, []

    class Counted:
        def __init__(self, *given):
            self.context = opened(*given)

        def __enter__(self):
            archive = self.context.__enter__()
            read = archive.read
            object.__setattr__(archive, "read", lambda key: reads.append(key) or read(key))
            return archive

        def __exit__(self, *error):
            return self.context.__exit__(*error)

    for module in ("archives", "files"):
        monkeypatch.setattr(f"polycontrast.align.reading.{module}.open_archive", Counted)
    views = read_views([f"{tmp_path}/{name}"])
    assert sorted(views) == sorted(reads) == ["other", "x"]
    np.testing.assert_array_equal(in_memory(views["x"].values), X)


def test_bfloat16_in_place(tmp_path, in_parts):
    """Numbers of bfloat16 are the upper halves of those of float32."""
    import json

    halves = (X.view(np.uint32) >> 16).astype("<u2")
    head = {"x": {"dtype": "BF16", "shape": list(X.shape), "data_offsets": [0, halves.nbytes]}}
    pytest.importorskip("safetensors")
    text = json.dumps(head).encode()
    (tmp_path / "x.safetensors").write_bytes(
        len(text).to_bytes(8, "little") + text + halves.tobytes()
    )
    found = read_table(f"{tmp_path}/x.safetensors").values
    assert isinstance(found, StreamedRows)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(
        found.read(), (halves.astype(np.uint32) << 16).view(np.float32).reshape(X.shape)
    )


def test_columns_that_lie_one_after_another(tmp_path, in_parts):
    """An array in the order of Fortran, stored and compressed."""
    turned = np.asfortranarray(X)
    np.savez(tmp_path / "a.npz", x=turned)
    np.savez_compressed(tmp_path / "b.npz", x=turned)
    for name in "ab":
        np.testing.assert_array_equal(in_memory(read_table(f"{tmp_path}/{name}.npz").values), X)


def test_a_compressed_archive_that_is_damaged_is_refused(tmp_path, in_parts):
    save_compressed(tmp_path / "x.npz")
    with zipfile.ZipFile(tmp_path / "x.npz") as archive:
        at = archive.getinfo("x.npy").header_offset + 200
    damaged = bytearray((tmp_path / "x.npz").read_bytes())
    damaged[at : at + 20] = bytes(20)
    (tmp_path / "x.npz").write_bytes(damaged)
    with pytest.raises(BadInput, match=r"x\.npz: is no sound \.npz archive"):
        read_table(f"{tmp_path}/x.npz:x")


def write_table(path, rows=60, separator=",", **changed):
    """A table with ids, labels, numbers and a column that no rule takes for numbers."""
    with path.open("w", newline="") as file:
        write = csv.writer(file, delimiter=separator)
        write.writerow(["key", "a", "b", "label", "c", "d"])
        for n in range(rows):
            cells = [f"0{n}", *X[n % 60, :2], f'cl"ass\n{n % 3}', *X[n % 60, 2:]]
            write.writerow(changed.get(f"row{n}", cells))


CHOICE = Choice(id="key", label="label")


@pytest.mark.parametrize("separator", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
def test_a_table_of_text(tmp_path, in_parts, monkeypatch, separator):
    """Features, ids and labels are those of the whole file; cells hold quotes and line ends."""
    write_table(tmp_path / "x.csv", separator=separator)
    watched = []
    found = read_table(f"{tmp_path}/x.csv", CHOICE, lambda *step: watched.append(step))
    assert isinstance(found.values, StreamedRows)
    assert {phase for phase, *_ in watched} == {"reading x.csv (MiB)"}
    assert len(watched) > 5
    monkeypatch.undo()
    whole = read_table(f"{tmp_path}/x.csv", CHOICE)
    assert isinstance(whole.values, np.ndarray)
    np.testing.assert_array_equal(found.values.read(), whole.values)
    np.testing.assert_allclose(whole.values, X, rtol=1e-6)
    assert found.columns == whole.columns == ["a", "b", "c", "d"]
    for role in ("id", "label"):
        assert found.roles[role].tolist() == whole.roles[role].tolist()
    assert found.roles["id"][7] == "07"
    assert found.roles["label"][4] == 'cl"ass\n1'


def test_missing_cells_and_row_names_in_parts(tmp_path, in_parts):
    """A table of R: row names without a header, and NA in a later part."""
    lines = ["a,b", *(f"r{n},{n / 7},{n / 3}" for n in range(50))]
    lines[40] = "r39,NA,13"
    (tmp_path / "x.csv").write_text("\n".join(lines) + "\n\n")
    found = read_table(f"{tmp_path}/x.csv")
    assert isinstance(found.values, StreamedRows)
    assert found.columns == ["a", "b"]
    assert found.row_names.tolist() == [f"r{n}" for n in range(50)]
    values = found.values.read()
    np.testing.assert_array_equal(np.isnan(values).nonzero(), [[39], [0]])
    np.testing.assert_allclose(values[41:], np.arange(41, 50)[:, None] / [7, 3], rtol=1e-12)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (["050", "x", 1, "l", 1, 1], r"not numeric: column 'a' \('x' in line 102\)"),
        (["050", 1, 1, "l", 1], "line 102 has 5 fields, 6 expected"),
        (["050", "1_0", 1, "l", 1, 1], r"column 'a' \('1_0' in line 102\)"),
    ],
    ids=["word", "short", "doubtful"],
)
def test_what_is_wrong_in_a_later_part_is_said_by_its_line(tmp_path, in_parts, row, message):
    write_table(tmp_path / "x.csv", row50=row)
    with pytest.raises(BadInput, match=message):
        read_table(f"{tmp_path}/x.csv", CHOICE)


def test_one_column_is_read_as_a_whole(tmp_path, in_parts):
    """An empty line is a missing value there."""
    lines = [f"{n / 7}" for n in range(60)]
    lines[45] = ""
    (tmp_path / "x.csv").write_text("\n".join(lines) + "\n")
    values = read_table(f"{tmp_path}/x.csv").values
    np.testing.assert_array_equal(np.isnan(in_memory(values)[:, 0]).nonzero()[0], [45])


def test_a_lost_quote_does_not_make_one_piece_of_the_file(tmp_path, in_parts):
    write_table(tmp_path / "x.csv", rows=400)
    text = (tmp_path / "x.csv").read_text().replace("06,", '"06,', 1)
    (tmp_path / "x.csv").write_text(text)
    with pytest.raises(BadInput, match=r"x\.csv: "):
        read_table(f"{tmp_path}/x.csv", CHOICE)

"""Damaged and hostile files end in one line that names them: no traceback, nothing half-written."""

import io
import os
import pickle
import struct
import zipfile

import numpy as np
import pytest

from polycontrast.align.reading.room import free_memory
from polycontrast.cli import main

pytest.importorskip("matplotlib")
ROWS = 20
X = np.random.default_rng(0).standard_normal((ROWS, 3))
KINDS = {}


def kind(make):
    """Register a maker of one damaged file: from an empty folder to what the user would pass."""
    KINDS[make.__name__] = make
    return make


def npy_bytes(array=X):
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def header(text, version=(1, 0)):
    text = text.encode("latin1") + b"\n"
    length = struct.pack("<H" if version == (1, 0) else "<I", len(text))
    return b"\x93NUMPY" + bytes(version) + length + text


def claim(shape, descr="<f8"):
    return header(f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}")


def put(folder, name, content):
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder / name


def zipped(folder, name, content=None, method=zipfile.ZIP_DEFLATED, key="a.npy"):
    with zipfile.ZipFile(folder / name, "w", method) as archive:
        archive.writestr(key, npy_bytes() if content is None else content)
    return folder / name


def changed(path, place, value):
    raw = bytearray(path.read_bytes())
    for start in (raw.find(b"PK\x03\x04") + place[0], raw.find(b"PK\x01\x02") + place[1]):
        raw[start : start + len(value)] = value
    path.write_bytes(raw)
    return path


# Arrays


NPY = {
    "empty_file": b"",
    "wrong_magic": b"no array at all, and long enough",
    "cut_in_the_header": npy_bytes()[:40],
    "cut_in_the_numbers": npy_bytes()[:-9],
    "more_than_one_array": npy_bytes() + npy_bytes(),
    "a_trillion_rows": claim((10**12, 3)) + bytes(240),
    "rows_beyond_int64": claim((10**40, 3)) + bytes(240),
    "negative_rows": claim((-20, 3)) + bytes(480),
    "rows_that_are_words": claim("('many', 3)") + bytes(480),
    "a_dtype_that_is_none": claim((20, 3), "<q9") + bytes(480),
    "a_header_that_is_code": header("__import__('os').abort()") + bytes(480),
    "a_header_too_deep": header("(" * 3000 + ")" * 3000) + bytes(480),
    "a_header_of_4_GB": b"\x93NUMPY\x02\x00\xff\xff\xff\xff" + bytes(480),
    "no_rows": npy_bytes(np.zeros((0, 3))),
    "no_columns": npy_bytes(np.zeros((ROWS, 0))),
    "one_number": npy_bytes(np.float64(3)),
    "one_axis": npy_bytes(X[:, 0]),
    "three_axes": npy_bytes(np.zeros((ROWS, 2, 2))),
    "words": npy_bytes(X.astype(str)),
    "dates": npy_bytes(X.astype("datetime64[s]")),
    "complex_numbers": npy_bytes(X.astype(complex)),
    "records": npy_bytes(np.zeros(ROWS, dtype=[("a", "f8"), ("b", "f8")])),
    "objects": npy_bytes(X.astype(object)),
    "a_pickle": pickle.dumps(X),
    "numbers_of_rows": npy_bytes(np.column_stack([np.arange(ROWS), X])),
    "one_infinity": npy_bytes(np.where(np.arange(60).reshape(20, 3) == 7, np.inf, X)),
}


@pytest.mark.parametrize("name", NPY)
def test_npy(name, tmp_path, capsys):
    refused(put(tmp_path, "photo.npy", NPY[name]), tmp_path, capsys)


@kind
def a_sparse_file_of_800_GB(folder):
    head = claim((10**11, 1))
    path = put(folder, "photo.npy", head)
    try:
        os.truncate(path, len(head) + 8 * 10**11)
    except OSError:
        pytest.skip("the file system has no files of that size")
    return path


@kind
def a_sparse_table_of_800_GB(folder):
    path = put(folder, "photo.csv", "a,b\n")
    try:
        os.truncate(path, 8 * 10**11)
    except OSError:
        pytest.skip("the file system has no files of that size")
    return path


# Archives


@kind
def no_archive(folder):
    return put(folder, "photo.npz", b"PK\x03\x04 but nothing else")


@kind
def an_array_with_the_name_of_an_archive(folder):
    return put(folder, "photo.npz", npy_bytes())


@kind
def an_archive_cut_off(folder):
    path = zipped(folder, "photo.npz")
    return put(folder, "photo.npz", path.read_bytes()[:-30])


@kind
def an_archive_with_a_changed_number(folder):
    path = zipped(folder, "photo.npz", method=zipfile.ZIP_STORED)
    raw = bytearray(path.read_bytes())
    raw[300] ^= 255
    return put(folder, "photo.npz", bytes(raw))


@kind
def a_broken_stream(folder):
    path = zipped(folder, "photo.npz")
    raw = bytearray(path.read_bytes())
    raw[60:120] = bytes(60)
    return put(folder, "photo.npz", bytes(raw))


@kind
def an_encrypted_archive(folder):
    return changed(zipped(folder, "photo.npz"), (6, 8), b"\x01\x00")


@kind
def an_unknown_compression(folder):
    return changed(zipped(folder, "photo.npz"), (8, 10), b"\x63\x00")


@kind
def an_empty_archive(folder):
    with zipfile.ZipFile(folder / "photo.npz", "w"):
        return folder / "photo.npz"


@kind
def an_archive_of_a_text(folder):
    return zipped(folder, "photo.npz", "hello", key="readme.txt")


@kind
def an_archive_that_claims_10_TB(folder):
    """A header whose claim the bytes of the entry do not bear out."""
    return zipped(folder, "photo.npz", claim((10**12, 1)) + bytes(100))


@kind
def a_key_that_is_not_there(folder):
    return f"{zipped(folder, 'photo.npz')}:b:c"


@kind
def a_thousand_keys(folder):
    with zipfile.ZipFile(folder / "photo.npz", "w") as archive:
        for n in range(1000):
            archive.writestr(f"{n}.npy", b"")
    return folder / "photo.npz"


# Tables


CSV = {
    "empty_table": "",
    "blank_lines_alone": "\n\n\n",
    "a_header_alone": "a,b,c\n",
    "a_field_of_a_million_letters": "a,b\n" + "x" * 10**6 + ",2\n",
    "a_header_of_a_million_letters": "a" * 10**6 + ",b\n1,2\n",
    "a_word_in_a_cell": "a,b\n1,2\n3,four\n",
    "a_line_too_short": "a,b\n1,2\n3\n",
    "a_line_too_long": "a,b\n1,2\n3,4,5\n",
    "a_quote_that_never_ends": 'a,b\n1,"2\n3,4\n',
    "null_characters": "a,b\n1,2\n3,\0\n",
    "no_text": b"\x89PNG\r\n\x1a\n" + bytes(range(128, 256)),
    "latin_letters": "größe,b\n1,2\n".encode("latin1"),
    "half_of_utf16": b"\xff\xfea\x00,\x00b",
    "names_and_numbers_mixed": "4,n/a2,1\n1,2,3\n",
    "an_identifier_alone": "id\n1\n2\n",
}


@pytest.mark.parametrize("name", CSV)
def test_csv(name, tmp_path, capsys):
    content = CSV[name]
    refused(put(tmp_path, "photo.csv", content), tmp_path, capsys)


@kind
def no_parquet(folder):
    pytest.importorskip("pyarrow")
    return put(folder, "photo.parquet", b"PAR1" + bytes(100))


@kind
def a_parquet_cut_off(folder):
    return put(folder, "photo.parquet", parquet_bytes(folder)[:-40])


@kind
def a_parquet_with_changed_bytes(folder):
    raw = bytearray(parquet_bytes(folder))
    raw[-60:-20] = os.urandom(1) * 40
    return put(folder, "photo.parquet", bytes(raw))


@kind
def lists_of_unequal_length(folder):
    pa = pytest.importorskip("pyarrow")
    pytest.importorskip("pyarrow.parquet").write_table(
        pa.table({"v": [[1.0, 2.0], [3.0], [4.0, 5.0]]}), folder / "photo.parquet"
    )
    return folder / "photo.parquet"


def parquet_bytes(folder):
    pa = pytest.importorskip("pyarrow")
    pytest.importorskip("pyarrow.parquet").write_table(pa.table({"a": X[:, 0]}), folder / "p")
    return (folder / "p").read_bytes()


# What is no file


@kind
def a_name_too_long(folder):
    return folder / ("x" * 5000 + "photo.npy")


@kind
def a_name_with_a_null(folder):
    return f"{folder}/photo\0.npy"


@kind
def a_folder(folder):
    (folder / "photo.csv").mkdir()
    return folder / "photo.csv"


@kind
def a_pipe_that_nobody_feeds(folder):
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes with names here")
    os.mkfifo(folder / "photo.npy")
    return folder / "photo.npy"


@kind
def a_link_to_endless_zeros(folder):
    if not os.path.exists("/dev/zero"):
        pytest.skip("no such device here")
    (folder / "photo.npy").symlink_to("/dev/zero")
    return folder / "photo.npy"


@kind
def a_link_to_itself(folder):
    (folder / "photo.npy").symlink_to(folder / "photo.npy")
    return folder / "photo.npy"


@kind
def a_file_below_a_file(folder):
    return put(folder, "photo", "x") / "photo.npy"


@kind
def a_file_that_is_closed_to_us(folder):
    path = put(folder, "photo.npy", npy_bytes())
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("everything is open to this user")
    return path


@pytest.mark.parametrize("name", KINDS)
def test_file(name, tmp_path, capsys):
    refused(KINDS[name](tmp_path), tmp_path, capsys)


LABELS = ["cut_in_the_numbers", "a_trillion_rows", "objects", "a_pickle", "records", "dates"]
LABEL_KINDS = [
    name for name in KINDS if not name.startswith(("an_archive_with", "a_parquet_with", "lists_of"))
]


@pytest.mark.parametrize("name", [*LABELS, *LABEL_KINDS])
def test_labels(name, tmp_path, capsys):
    """The same files, given as labels."""
    made = put(tmp_path, "photo.npy", NPY[name]) if name in NPY else KINDS[name](tmp_path)
    refused(made, tmp_path, capsys, labels=True)


@pytest.mark.parametrize("suffix", ["npy", "npz", "csv", "parquet"])
def test_memory_has_no_room(suffix, tmp_path, capsys, monkeypatch):
    """A true header is refused as well, before anything is unpacked: so ends a zip bomb."""
    monkeypatch.setattr("polycontrast.align.reading.room.free_memory", lambda: 10**5)
    zeros, path = np.zeros((5000, 2)), tmp_path / f"photo.{suffix}"
    if suffix == "npy":
        np.save(path, zeros)
    elif suffix == "npz":
        np.savez_compressed(path, a=zeros)
        assert path.stat().st_size < 1000
    elif suffix == "csv":
        np.savetxt(path, zeros, delimiter=",")
    else:
        pa = pytest.importorskip("pyarrow")
        parquet = pytest.importorskip("pyarrow.parquet")
        parquet.write_table(pa.table({"a": zeros[:, 0], "b": zeros[:, 1]}), path)
    assert "of memory are free" in refused(path, tmp_path, capsys)


def test_the_system_says_how_much_memory_is_free():
    free = free_memory()
    if free is None:
        pytest.skip("this system does not say")
    assert 2**20 < free < 2**50


def refused(spec, folder, capsys, labels=False):
    """Exit code 2, one line that names the file, and no results."""
    np.save(folder / "other.npy", X)
    np.save(folder / "third.npy", X)
    files = ["third.npy" if labels else spec, "other.npy"]
    arguments = [str(folder / name) if "/" not in str(name) else str(name) for name in files]
    if labels:
        arguments += ["--labels", str(spec)]
    code = main(["align", *arguments, "--out", str(folder / "out"), "--quiet", "--max-iter", "1"])
    out, err = capsys.readouterr()
    assert (code, out) == (2, ""), err
    assert err.count("\n") == 1, err
    assert "photo" in err
    assert len(err) < 1500
    assert not (folder / "out").exists()
    assert not list(folder.glob("**/polycontrast-*"))
    return err

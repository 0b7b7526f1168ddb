"""Labels come out of files one a row, and none stands in for another."""

import numpy as np
import pytest

from polycontrast.align.errors import BadInput
from polycontrast.align.reading.labels import read_labels

X = np.arange(12.0).reshape(4, 3) / 7


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return str(path)


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


@pytest.mark.parametrize(
    "text",
    [
        "label\na\nb\n\nc\nd\n",
        'label\na\n""\nb\na\nb\n',
        "a\n\nb\na\nb\n",
        "1\n2\nNA\n1\n2\n",
        "\na\nb\na\nb\n",
    ],
)
def test_a_missing_label_is_refused_by_its_row(tmp_path, text):
    """It is no class, and what follows does not move up."""
    row = [
        line.strip('"') in ("", "NA") for line in text.removeprefix("label\n").split("\n")
    ].index(True)
    with pytest.raises(BadInput, match=rf"y\.csv: labels have missing .* in row {row} of 5"):
        read_labels(write(tmp_path / "y.csv", text), 5)


@pytest.mark.parametrize("text", ["a\nb\na\nb\n", "label\na\nb\na\nb\n", "label\n1\n2\n1\n2\n"])
def test_labels_too_few_are_refused(tmp_path, text):
    """A header does not stand in for the label that is missing."""
    with pytest.raises(BadInput, match="4 labels for 5 rows"):
        read_labels(write(tmp_path / "y.csv", text), 5)


def test_labels_beside_names_of_rows(tmp_path):
    text = ",label\n7,12_1\n3,121\n12,12_1\n5,121\n"
    assert read_labels(write(tmp_path / "y.csv", text), 4).tolist() == ["12_1", "121"] * 2
    with pytest.raises(BadInput, match=r"labels must be one column, .*; got 'a', 'b'"):
        read_labels(write(tmp_path / "y.csv", "a,b\n1,2\n3,4\n"), 2)


@pytest.mark.parametrize("name", ["label", "Class", "target", "y"])
def test_the_header_says_which_column_is_the_label(tmp_path, name):
    """A second column that names no rows, such as the file of an image, is not in the way."""
    text = f"file,{name}\na.png,cat\nb.png,dog\nc.png,cat\n"
    assert read_labels(write(tmp_path / "y.csv", text), 3).tolist() == ["cat", "dog", "cat"]


def test_missing_labels_in_parquet_are_refused(tmp_path):
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    for values in (["a", None, "a", ""], [1.0, None, 2.0, None], [1, None, 2, None]):
        parquet.write_table(pa.table({"y": values}), tmp_path / "y.parquet")
        with pytest.raises(BadInput, match=r"labels have missing .* in rows? 1"):
            read_labels(f"{tmp_path}/y.parquet", 4)
    parquet.write_table(pa.table({"y": ["a", "b", "a", "b"]}), tmp_path / "y.parquet")
    assert read_labels(f"{tmp_path}/y.parquet", 4).tolist() == ["a", "b"] * 2


def test_labels_that_float64_cannot_tell_apart_are_refused(tmp_path):
    text = "9007199254740993\n9007199254740992\n"
    with pytest.raises(BadInput, match=r"labels have numbers from 2\^53 on"):
        read_labels(write(tmp_path / "y.csv", text), 2)
    np.save(tmp_path / "y.npy", np.array([2**53, 2**53 + 1]))
    assert len(set(read_labels(f"{tmp_path}/y.npy", 2).tolist())) == 2


@pytest.mark.parametrize("words", [["y", "n"], ["none", "some"], ["12_1", "1e5"], ["a, b", "a"]])
def test_words_stay_words(tmp_path, words):
    text = "\n".join(f'"{word}"' for word in words)
    assert read_labels(write(tmp_path / "y.csv", text), 2).tolist() == words

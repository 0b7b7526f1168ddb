"""Columns that a user names are what the user says, and nothing else."""

import numpy as np
import pytest

from polycontrast.align.errors import BadInput
from polycontrast.align.reading.choice import Choice, Choices
from polycontrast.align.reading.files import read_table, read_views

TEXT = "key,who,a,b,kind\n007,1,0.5,2,cat\n7,2,1.5,4,dog\nx9,1,2.5,6,cat\n"


def table_of(tmp_path, choice, text=TEXT):
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    return read_table(f"{tmp_path}/t.csv", choice)


def test_named_columns_are_words_and_no_features(tmp_path):
    """007 and 7 are two names, although both are the number 7."""
    table = table_of(tmp_path, Choice(id="key", group="who", label="kind"))
    assert table.columns == ["a", "b"]
    np.testing.assert_array_equal(table.values, [[0.5, 2], [1.5, 4], [2.5, 6]])
    assert {role: words.tolist() for role, words in table.roles.items()} == {
        "id": ["007", "7", "x9"],
        "group": ["1", "2", "1"],
        "label": ["cat", "dog", "cat"],
    }


def test_words_are_read_from_every_way_of_reading(tmp_path):
    """A table of numbers is read fast, one with words beside them slowly; both give the names."""
    fast = table_of(tmp_path, Choice(id="key"), "key,a\n01,1\n1,2\n")
    slow = table_of(tmp_path, Choice(id="key", features=("a",)), "key,a,w\n01,1,x\n1,2,y\n")
    for table in (fast, slow):
        assert table.roles["id"].tolist() == ["01", "1"]
        np.testing.assert_array_equal(table.values, [[1], [2]])


def test_a_short_line_is_refused_beside_named_columns(tmp_path):
    with pytest.raises(BadInput, match=r"t\.csv: line 3 has 2 fields, 3 expected"):
        table_of(tmp_path, Choice(id="key"), "key,a,b\nx,1,2\ny,3\n")
    with pytest.raises(BadInput, match=r"t\.csv: line 3 has 4 fields, 3 expected"):
        table_of(tmp_path, Choice(id="key"), "key,a,b\nx,1,2\ny,3,4,5\n")


@pytest.mark.parametrize(
    ("patterns", "kept"),
    [(("a",), ["a"]), (("b", "a"), ["a", "b"]), (("[ab]",), ["a", "b"]), (("who",), ["who"])],
    ids=["one", "in the order of the file", "pattern", "one that names rows"],
)
def test_features_by_name(tmp_path, patterns, kept):
    assert table_of(tmp_path, Choice(features=patterns)).columns == kept


def test_columns_that_are_not_there_are_refused(tmp_path):
    for choice in (Choice(id="nope"), Choice(features=("a", "nope*"))):
        with pytest.raises(BadInput, match=r"t\.csv: no column 'nope\*?'; it has key"):
            table_of(tmp_path, choice)
    with pytest.raises(BadInput, match="2 columns have the name 'a'"):
        table_of(tmp_path, Choice(id="a"), "a,a,b\n1,2,3\n")
    with pytest.raises(BadInput, match=r"not numeric: column 'kind' .*--columns names"):
        table_of(tmp_path, Choice(features=("kind",)))


def test_features_of_one_view(tmp_path):
    for name in ("one", "two"):
        (tmp_path / f"{name}.csv").write_text("a,b\n1,2\n3,4\n")
    specs = [f"{tmp_path}/one.csv", f"{tmp_path}/two.csv"]
    views = read_views(specs, Choices(Choice(), (("one", "b"),)))
    assert [table.columns for table in views.values()] == [["b"], ["a", "b"]]
    with pytest.raises(BadInput, match="no view has the name 'three'; the views are one, two"):
        read_views(specs, Choices(Choice(), (("three", "b"),)))


def test_an_index_is_an_id_and_never_a_feature(tmp_path):
    """A named one by its name, one without a name as ``index``."""
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    frame = pandas.DataFrame({"a": [1.0, 2.0]}, index=pandas.Index([8, 9], name="key"))
    for name, wanted in (("key", "key"), (None, "index")):
        frame.rename_axis(name).to_parquet(tmp_path / "t.parquet")
        table = read_table(f"{tmp_path}/t.parquet", Choice(id=wanted))
        assert table.roles["id"].tolist() == ["8", "9"]
        assert table.columns == ["a"]
        assert read_table(f"{tmp_path}/t.parquet", Choice(features=("*",))).columns == ["a"]

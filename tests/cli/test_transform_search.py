"""``polycontrast transform`` and ``polycontrast search``, from files to a search result."""

import csv
import re

import numpy as np
import pytest

from polycontrast.align import Aligner
from polycontrast.cli.main import main

for extra in ("tqdm", "rich", "matplotlib"):
    pytest.importorskip(extra)  # of the commands themselves

RNG = np.random.default_rng(0)
THING = RNG.standard_normal((160, 4))
IMAGE, TEXT = (
    THING @ RNG.standard_normal((4, n)) + 0.1 * RNG.standard_normal((160, n)) for n in (6, 5)
)
NEW = np.arange(100, 160)
NAMES = [f"n{n:03}" for n in range(160)]


def table(path, rows, values):
    with path.open("w", newline="") as file:
        write = csv.writer(file)
        write.writerow(["key", *(f"v{n}" for n in range(values.shape[1]))])
        write.writerows([NAMES[n], *values[n].tolist()] for n in rows)
    return str(path)


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    """An aligner of the first 100 things, and the folder with its heads and new items."""
    folder = tmp_path_factory.mktemp("space")
    aligner = Aligner(n_components=4, max_iter=2, whitening=0.1)
    aligner.fit([IMAGE[:100], TEXT[:100]], names=["image", "text"])
    aligner.save(folder / "heads.npz")
    table(folder / "image.csv", NEW, IMAGE)
    table(folder / "text.csv", NEW[::-1], TEXT)
    np.save(folder / "image.npy", IMAGE[NEW])
    np.save(folder / "text.npy", TEXT[NEW])
    return aligner, folder


def run(*arguments):
    return main([str(argument) for argument in arguments])


def test_new_items_by_id(learned, tmp_path, capsys):
    """The rows of the estimator, under the ids of the file."""
    aligner, folder = learned
    out = tmp_path / "new.csv"
    assert (
        run("transform", folder / "heads.npz", folder / "text.csv", "--id", "key", "--out", out)
        == 0
    )
    assert "text: 60 items in 4 dimensions" in capsys.readouterr().out
    lines = read(out)
    assert [line["id"] for line in lines] == [NAMES[n] for n in NEW[::-1]]
    wanted = aligner.transform([None, TEXT[NEW[::-1]]])[1]
    found = [[float(line[f"aligned{n}"]) for n in range(4)] for line in lines]
    np.testing.assert_allclose(found, wanted, rtol=1e-6)


def test_several_views_into_a_folder(learned, tmp_path, capsys):
    """Arrays, and tables with ids; a second run needs --force and replaces its own files alone."""
    aligner, folder = learned
    out, heads = tmp_path / "new", folder / "heads.npz"
    files = [f"image={folder}/image.npy", f"text={folder}/text.npy"]
    assert run("transform", heads, *files, "--out", out) == 0
    wanted = aligner.transform([IMAGE[NEW], TEXT[NEW]])
    for name, rows in zip(("image", "text"), wanted, strict=True):
        found = np.load(out / f"{name}.npy")
        np.testing.assert_array_equal(found, rows)
    capsys.readouterr()
    assert run("transform", heads, *files, "--out", out) == 2
    assert "--force replaces it" in capsys.readouterr().err
    assert run("transform", heads, *files, "--out", out, "--force", "--quiet") == 0
    assert capsys.readouterr() == ("", "")
    (out / "mine.txt").write_text("precious")
    assert run("transform", heads, *files, "--out", out, "--force") == 2
    assert "files that this command did not write (mine.txt)" in capsys.readouterr().err


def test_from_two_files_to_a_search_result(learned, tmp_path, capsys):
    """Raw columns of new items are mapped and searched; ids say how often the own item is found."""
    aligner, folder = learned
    out, page = tmp_path / "found.csv", tmp_path / "found.html"
    code = run(
        "search", folder / "image.csv", folder / "text.csv", "--heads", folder / "heads.npz",
        "--id", "key", "-k", 3, "--out", out, "--report", page,
    )  # fmt: skip
    said = capsys.readouterr().out
    assert code == 0
    lines = read(out)
    assert len(lines) == 3 * 60
    x, y = aligner.transform([IMAGE[NEW], TEXT[NEW[::-1]]])
    order = np.argsort(-(x @ y.T), axis=1, kind="stable")[:, :3]
    assert [line["candidate"] for line in lines] == [NAMES[NEW[::-1][n]] for n in order.ravel()]
    assert [line["rank"] for line in lines[:3]] == ["1", "2", "3"]
    own = np.mean([line["query"] == line["candidate"] for line in lines if line["rank"] == "1"])
    assert own > 0.5
    assert f"recall@1 {own:.3f} (" in said
    text = page.read_text(encoding="utf-8")
    assert f"<b>{own:.1%}</b>" in text
    assert "of the queries find the candidate with their own id first" in text
    assert "<bdi>n100</bdi> (" in text
    ranks = {line["query"]: line["rank"] for line in lines if line["query"] == line["candidate"]}
    for query, rank in ranks.items():
        assert f"<td><bdi>{query}</bdi></td><td>{rank}</td>" in text


def test_arrays_are_named_by_row_and_missing_rows_are_left_out(learned, tmp_path, capsys):
    """Rows of nan are no candidates, and the others keep their numbers."""
    aligner, _ = learned
    x, y = aligner.transform([IMAGE[:50], TEXT[:50]])
    y[:10] = np.nan
    np.save(tmp_path / "x.npy", x)
    np.save(tmp_path / "y.npy", y)
    out = tmp_path / "found.csv"
    assert run("search", tmp_path / "x.npy", tmp_path / "y.npy", "--out", out) == 0
    assert "y: 10 missing rows left out" in capsys.readouterr().err
    lines = read(out)
    assert {int(line["candidate"]) for line in lines} <= set(range(10, 50))
    hits = [line["query"] == line["candidate"] for line in lines if line["rank"] == "1"]
    assert np.mean(hits[10:]) > 0.7
    y[20, 2] = np.nan
    np.save(tmp_path / "y.npy", y)
    assert run("search", tmp_path / "x.npy", tmp_path / "y.npy", "--out", out, "--force") == 2
    assert "y has missing (nan) or infinite values in column 2" in capsys.readouterr().err


def test_parquet(learned, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    _, folder = learned
    heads = folder / "heads.npz"
    files = [folder / "image.csv", folder / "text.csv"]
    out = tmp_path / "new"
    options = ("--id", "key", "--format", "parquet", "--out", out, "--quiet")
    assert run("transform", heads, *files, *options) == 0
    pair = [out / "image.parquet", out / "text.parquet"]
    found = tmp_path / "found.parquet"
    assert run("search", *pair, "--id", "id", "--out", found, "--quiet") == 0
    lines = parquet.read_table(found)
    assert lines.column_names == ["query", "rank", "candidate", "cosine"]
    assert lines.num_rows == 600
    assert lines["query"][0].as_py() == "n100"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("transform {f}/heads.npz {f}/none.npy --out {o}.npy", "no view of .* has the name 'none'"),
        ("transform {f}/heads.npz image={f}/text.npy --out {o}.npy", "image must have 6 columns"),
        ("transform {f}/heads.npz image={f}/none.npy --out {o}.npy", "none.npy: no such file"),
        ("transform {f}/none.npz {f}/text.npy --out {o}.npy", "none.npz: no such file"),
        ("transform {f}/heads.npz {f}/text.csv --id key --out {o}.npy", ".npy file holds no ids"),
        ("transform {f}/heads.npz {f}/text.csv --id nokey --out {o}.csv", "no column 'nokey'"),
        ("transform {f}/heads.npz {f}/text.npy --id key --out {o}.csv", "no columns with names"),
        ("transform {f}/heads.npz {f}/text.npy {f}/text.npy --out {o}", "'text' is given twice"),
        ("transform {f}/heads.npz {f}/text.npy --ids no={f}/a --out {o}.csv", "--ids no: no view"),
        ("transform {f}/heads.npz {f}/text.npy --out {f}/text.npy", "exists already; --force"),
        ("transform {f}/heads.npz {f}/text.npy --out {o}/deep/x.npy", "there is no folder"),
        ("search {f}/image.npy {f}/text.npy --out {o}.csv", "must be in one space: image has 6"),
        ("search {f}/text.npy {f}/text.npy -k 61 --out {o}.csv", "at most .* 60; got 61"),
        ("search {f}/text.npy {f}/text.npy --out {o}.txt", "--out must be a file that ends"),
        ("search {f}/text.npy {f}/text.npy --report {o}.pdf --out {o}.csv", "--report must be"),
        ("search {f}/text.npy {f}/image.csv --out {o}.csv", "not numeric: column 'key'"),
    ],
    ids=[
        "view", "width", "file", "heads", "npy-ids", "column", "no-columns", "twice", "ids-view",
        "exists", "folder", "space", "k", "table", "page", "words",
    ],
)  # fmt: skip
def test_refusals(arguments, message, learned, tmp_path, capsys):
    """One line that says what is wrong, code 2, and nothing written."""
    filled = arguments.format(f=learned[1], o=tmp_path / "out").split()
    assert run(*filled) == 2
    out, error = capsys.readouterr()
    assert re.search(message, error), error
    assert (out, error.count("\n"), list(tmp_path.iterdir())) == ("", 1, [])


def test_ids_that_stand_twice(learned, tmp_path, capsys):
    """An id names one row; and one that is missing is said by its row."""
    _, folder = learned
    np.save(tmp_path / "ids.npy", np.array([*NAMES[100:159], NAMES[100]]))
    out = tmp_path / "found.csv"
    ids = ("--candidate-ids", tmp_path / "ids.npy", "--out", out)
    assert run("search", folder / "text.npy", folder / "text.npy", *ids) == 2
    assert "id 'n100' stands in rows 0 and 59; an id names one row" in capsys.readouterr().err

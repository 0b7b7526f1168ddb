"""``polycontrast evaluate`` on files of embeddings: figures, page, and refusals."""

import json
import re

import numpy as np
import pytest

from polycontrast.cli.main import main

pytest.importorskip("matplotlib")
pytest.importorskip("rich")
pytest.importorskip("tqdm")
RNG = np.random.default_rng(0)
THING = RNG.standard_normal((120, 4))


def rows(noise):
    return THING + noise * RNG.standard_normal((120, 4))


@pytest.fixture
def folders(tmp_path):
    """Two spaces of the views `image` and `text`, of which `first` is better; and labels."""
    for name, noise in (("first", 0.1), ("second", 1.0)):
        (tmp_path / name).mkdir()
        for view in ("image", "text"):
            np.save(tmp_path / name / f"{view}.npy", rows(noise))
    np.save(tmp_path / "labels.npy", (THING[:, 0] > 0).astype(int))
    return tmp_path


@pytest.fixture
def plain_pictures(plain_pictures, monkeypatch):
    """Nor are those of this command; one test draws them."""
    pictures = {"recall": ["a picture"], "projection": ["a picture"]}
    monkeypatch.setattr("polycontrast.align.space.pictures.page_pictures", lambda _: pictures)


def evaluate(folder, *arguments):
    out = folder / "out"
    code = main(["evaluate", *map(str, arguments), "--out", str(out)])
    report = out / "report.json"
    return code, json.loads(report.read_text()) if report.is_file() else {}


def test_two_files(folders, capsys, plain_pictures):
    """The screen says what the report says."""
    first = folders / "first"
    labels = folders / "labels.npy"
    code, report = evaluate(folders, first / "image.npy", first / "text.npy", "--labels", labels)
    assert code == 0
    figures = report["spaces"]["embeddings"]
    assert figures["recall@1"] > 0.3
    assert figures["probe"]["mean"] > 0.8
    assert figures["median_rank"][0][1] == 1.0
    said = capsys.readouterr().out
    assert f"{figures['recall@1']:.3f} (" in said
    assert "recall@10" in said
    assert report["warnings"] == []


def test_two_spaces_side_by_side(folders, capsys):
    """One figure of each and the difference; the page has the pictures."""
    code, report = evaluate(folders, "--compare", folders / "first", folders / "second")
    assert code == 0
    assert list(report["spaces"]) == ["first", "second"]
    difference, low, high = report["figures"][0]["difference"]
    assert low <= difference <= high < 0
    assert "first finds more" in capsys.readouterr().out
    page = (folders / "out" / "report.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 4  # recall and projection of each space
    assert "▼ worse" in page
    assert len(page) < 3e6


def test_a_run_of_align_is_measured_on_its_held_out_rows(folders, capsys, plain_pictures):
    """The figures of the run itself, from the folder that it wrote."""
    run = folders / "run"
    files = [str(folders / "first" / f"{name}.npy") for name in ("image", "text")]
    options = ["--out", str(run), "--quiet", "--max-iter", "1", "--whitening", "0.1", "--dim", "4"]
    assert main(["align", *files, *options, "--seed", "3"]) == 0
    code, report = evaluate(folders, run)
    wanted = json.loads((run / "report.json").read_text())["holdout"]
    found = report["spaces"]["run"]
    assert (code, found["held_out"], report["n_candidates"]) == (0, True, 36)
    for key in ("recall@1", "recall@5", "matrix@1", "chance@1"):
        np.testing.assert_allclose(found[key], wanted[key], rtol=1e-6)


def test_missing_rows_and_names_with_markup(folders, capsys, plain_pictures):
    """A row of nan is missing; a name stands on the page as it is written."""
    image, text = rows(0.2), rows(0.2)
    image[:20] = np.nan
    np.savez(folders / "all.npz", **{"<b>$x$</b>": image, "text": text})
    code, report = evaluate(folders, folders / "all.npz")
    assert (code, report["n_candidates"]) == (0, 100)
    page = (folders / "out" / "report.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;$x$&lt;/b&gt;" in page
    assert "<b>$x$" not in page


def test_rows_in_another_order_are_said(folders, capsys, plain_pictures):
    first = folders / "first"
    np.save(folders / "text.npy", np.load(first / "text.npy")[RNG.permutation(120)])
    code, report = evaluate(folders, first / "image.npy", folders / "text.npy")
    assert code == 0
    assert "no better than rows in random order" in report["warnings"][0]
    assert "WARNING" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("", "give files of views, or two spaces after --compare"),
        ("{f}/first --compare {f}/first {f}/second", "give files of views, or two spaces"),
        ("{f}/first/image.npy", "at least two views are needed; got 1"),
        ("{f}/first/image.npy {f}/wide.npy", "must be in one space, with equally many columns"),
        ("{f}/first/image.npy {f}/short.npy", "equal numbers of rows; got image 120, short 7"),
        ("{f}/first/image.npy {f}/holes.npy", "holes has missing .* values in column 1"),
        ("{f}/first/image.npy {f}/none.npy", "none.npy: no such file"),
        ("{f}/empty", "empty: must hold two files of embeddings or more, one a view; got 0"),
        ("{f}/first --groups x", "--groups is for training"),
        ("--compare {f}/first {f}/other", "must have the same views; first has image, text"),
        ("--compare {f}/first {f}/fewer", "must have the same rows; first has 120, fewer has 7"),
        ("{f}/first --labels {f}/short.npy", "labels must be one column"),
    ],
    ids=[
        "nothing", "both", "one", "widths", "rows", "holes", "file", "folder", "groups", "views",
        "fewer", "labels",
    ],
)  # fmt: skip
def test_refusals(arguments, message, folders, capsys):
    """One line that says what is wrong, code 2, and nothing written."""
    holes = rows(0.2)
    holes[4, 1] = np.nan
    for name, array in {"wide": rows(0.2)[:, :3], "short": rows(0.2)[:7], "holes": holes}.items():
        np.save(folders / f"{name}.npy", array)
    (folders / "empty").mkdir()
    for name, count in (("other", 120), ("fewer", 7)):
        (folders / name).mkdir()
        for view in ("image", "text" if name == "fewer" else "sound"):
            np.save(folders / name / f"{view}.npy", rows(0.2)[:count])
    code, report = evaluate(folders, *arguments.format(f=folders).split())
    out, error = capsys.readouterr()
    assert (code, report, out, error.count("\n")) == (2, {}, "", 1)
    assert re.search(message, error), error

"""``polycontrast align`` on the files that people have: matched, grouped, in many forms."""

import csv
import json
import re

import numpy as np
import pytest

from polycontrast.cli.main import main

pytest.importorskip("matplotlib")
RNG = np.random.default_rng(0)
THING = RNG.standard_normal((120, 4))
ONE, TWO, THREE = (
    THING @ RNG.standard_normal((4, n)) + 0.1 * RNG.standard_normal((120, n)) for n in (6, 5, 7)
)
NAMES = [f"n{n:03}" for n in range(120)]


def table(path, names, values, **more):
    with path.open("w", newline="") as file:
        write = csv.writer(file)
        write.writerow(["key", *more, *(f"v{n}" for n in range(values.shape[1]))])
        write.writerows(zip(names, *more.values(), *values.T.tolist(), strict=True))
    return str(path)


def align(folder, *arguments, iterations="1"):
    out = folder / "out"
    quick = ["--out", str(out), "--quiet", "--max-iter", iterations]
    quick += ["--whitening", "0.1", "--dim", "4"]
    code = main(["align", *map(str, arguments), *quick])
    return code, out


def test_views_in_other_orders_and_with_missing_rows(tmp_path, capsys, plain_pictures):
    """Matched by id, with the patients of the groups apart; the reports say what was matched."""
    order, some = RNG.permutation(120), RNG.permutation(120)[:90]
    first = table(tmp_path / "one.csv", NAMES, ONE, patient=[n // 4 for n in range(120)])
    second = table(tmp_path / "two.tsv", [NAMES[n] for n in order], TWO[order])
    (tmp_path / "two.tsv").write_text((tmp_path / "two.tsv").read_text().replace(",", "\t"))
    np.save(tmp_path / "three.npy", THREE[some].astype(np.float16))
    ids = table(tmp_path / "ids.csv", [NAMES[n] for n in some], np.zeros((90, 0)))
    code, out = align(
        tmp_path, first, second, f"{tmp_path}/three.npy", "--id", "key", "--ids", f"three={ids}",
        "--groups", "patient",
    )  # fmt: skip
    error = capsys.readouterr().err
    assert code == 0, error
    report = json.loads((out / "report.json").read_text())
    assert report["matching"]["matched"] == 90
    assert report["matching"]["incomplete"] == 30
    assert report["matching"]["views"]["three"] == {
        "rows": 90,
        "ids": 90,
        "missing": 30,
        "dropped": 0,
    }
    assert report["groups"]["n_train"] + report["groups"]["n_test"] == 30
    assert report["holdout"]["recall@1"] > 0.7
    page = (out / "report.html").read_text()
    assert "90 of 120 ids were found in every view, 30 in some" in page
    with (out / "items.csv").open() as file:
        items = list(csv.DictReader(file))
    aligned = {name: np.load(out / "aligned" / f"{name}.npy") for name in ("one", "two", "three")}
    held = {item["id"] for item in items if item["held_out"] == "1"}
    assert not {int(name[1:]) // 4 for name in held} & {
        int(item["id"][1:]) // 4 for item in items if item["id"] not in held
    }
    for row, item in enumerate(items):
        missing = np.isnan(aligned["three"][row]).all()
        assert missing == (item["three"] == "0") == (int(item["id"][1:]) not in some)
    together = ~np.isnan(aligned["three"]).any(axis=1)
    cosines = np.sum(aligned["one"][together] * aligned["three"][together], axis=1)
    assert np.median(cosines) > 0.9


def test_several_captions_of_an_image(tmp_path, capsys, plain_pictures):
    """Refused, or with --many any caption is right: chance says so."""
    image = table(tmp_path / "image.csv", NAMES, ONE)
    caption = table(
        tmp_path / "caption.csv", NAMES * 3, np.tile(TWO, (3, 1)) + RNG.random((360, 5))
    )
    code, out = align(tmp_path, image, caption, "--id", "key")
    assert code == 2
    assert "caption: 120 ids stand in several rows" in capsys.readouterr().err
    code, out = align(tmp_path, image, caption, "--id", "key", "--many")
    report = json.loads((out / "report.json").read_text())
    assert (code, report["n_test"]) == (0, 108)
    assert report["holdout"]["chance@1"] == pytest.approx(1 / 36)
    assert report["holdout"]["recall@1"] > 0.5


def test_an_archive_alone_with_labels_inside(tmp_path, capsys, plain_pictures):
    path = tmp_path / "all.npz"
    np.savez(path, one=ONE, two=TWO, kind=(THING[:, 0] > 0).astype(int))
    code, out = align(tmp_path, path, "--labels", f"{path}:kind")
    report = json.loads((out / "report.json").read_text())
    assert (code, report["views"]) == (0, ["one", "two"])
    assert report["probe_accuracy"] > 0.7


@pytest.mark.slow
def test_a_report_with_missing_rows_has_its_pictures(tmp_path):
    """Nothing in the pictures fails where rows, or whole pairs of views, are missing."""
    half = table(tmp_path / "one.csv", NAMES[:60], ONE[:60])
    rest = table(tmp_path / "two.csv", NAMES[60:], TWO[60:], kind=["a", "b"] * 30)
    whole = table(tmp_path / "three.csv", NAMES, THREE, kind=["a", "b"] * 60)
    code, out = align(tmp_path, half, rest, whole, "--id", "key", "--label-column", "kind")
    assert code == 0
    report = json.loads((out / "report.json").read_text())
    assert report["holdout"]["matrix@1"][0][1] is None
    assert (out / "summary.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (("--ids", "file.csv"), "must be VIEW=FILE; got 'file.csv'"),
        (("--columns", "a,,b"), r"must be \[VIEW=\]NAME,NAME; got 'a,,b'"),
        (("--columns", "=a"), r"must be \[VIEW=\]NAME,NAME; got '=a'"),
    ],
    ids=["ids", "columns", "view"],
)
def test_options_that_cannot_be_read(option, message, capsys):
    with pytest.raises(SystemExit):
        main(["align", *option])
    error = capsys.readouterr().err
    assert re.search(message, error), error


def test_the_built_in_digits_have_no_ids(tmp_path, capsys):
    assert align(tmp_path, "--id", "key")[0] == 2
    assert "options for rows and columns need files of views" in capsys.readouterr().err


def test_heads_with_a_hidden_layer_map_new_rows(tmp_path, capsys, plain_pictures):
    """The report says which heads; `transform` maps the same rows to the same places."""
    t = RNG.uniform(-1, 1, (400, 2))
    np.save(tmp_path / "one.npy", t)
    np.save(tmp_path / "two.npy", np.c_[t[:, 0] ** 2, t[:, 1] ** 2, t[:, 0] * t[:, 1]])
    files = [tmp_path / "one.npy", tmp_path / "two.npy"]
    options = ("--head", "mlp", "--hidden", "24", "--temperature", "auto")
    code, out = align(tmp_path, *files, *options, iterations="25")
    report = json.loads((out / "report.json").read_text())
    assert (code, report["head"]) == (0, {"kind": "mlp", "hidden": 24, "dropout": 0.0})
    scores = dict(report["temperature_scores"])
    assert scores[report["temperature"]] == max(scores.values())
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "Heads: with a hidden layer of width 24." in page
    tried = ", ".join(f"{t:g} finds {recall:.3f}" for t, recall in scores.items())
    chosen = f"{report['temperature']:g}, chosen by recall@1 among 28 validation rows ({tried})"
    assert page.count(chosen) == 2  # in what was asked, and in the settings
    assert "one/hidden_out" in np.load(out / "heads.npz").files
    new = tmp_path / "new.npy"
    code = main(["transform", f"{out}/heads.npz", f"one={files[0]}", "--out", str(new), "--quiet"])
    assert code == 0
    np.testing.assert_allclose(np.load(new), np.load(out / "aligned" / "one.npy"), atol=1e-6)

"""The job measures on rows that nothing was learned from, and reports plain figures."""

import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from views import synthetic_views

from polycontrast.align import Aligner, BadInput, load_heads
from polycontrast.align.evaluation import recall_matrices
from polycontrast.align.job import Task, check_task, run
from polycontrast.align.job.page import words
from polycontrast.align.job.report import report_of, to_json
from polycontrast.align.probe import fit_probe


@pytest.fixture(scope="module")
def outcome():
    views, classes = synthetic_views(rows=200)
    views[1][:, 4] = 2.0
    named = dict(zip(["one", "two", "three"], views, strict=True))
    task = Task(named, {"two": [f"c{n}" for n in range(9)]}, classes)
    return run(check_task(task), Aligner(n_components=4, max_iter=4))


def test_rows_are_split_once(outcome):
    """60 of 200 rows are held out; whitening and heads know the other 140 only."""
    assert len(outcome.test_rows) == 60
    both = np.concatenate([outcome.test_rows, outcome.train_rows])
    np.testing.assert_array_equal(np.sort(both), np.arange(200))
    again = Aligner(n_components=4, max_iter=4)
    again.fit([view[outcome.train_rows] for view in outcome.task.views.values()])
    for head, other in zip(outcome.aligner.heads_, again.heads_, strict=True):
        np.testing.assert_array_equal(head.weights, other.weights)


def test_the_figures_are_those_of_the_held_out_rows(outcome):
    rows = [z[outcome.test_rows] for z in outcome.aligned.values()]
    after = outcome.recalls["after"]
    np.testing.assert_allclose(after.matrix(1), recall_matrices(rows, (1,))[1], rtol=1e-6)
    off = ~np.eye(3, dtype=bool)
    assert np.isclose(after.mean(1), after.matrix(1)[off].mean(), rtol=1e-6)
    assert after.mean(1) > 0.8
    assert set(outcome.recalls) == {"cca", "orthogonal", "ridge", "start", "after"}


def test_the_report_is_plain_and_complete(outcome):
    """JSON without nan that holds what a program looks for, with sensible numbers."""
    report = json.loads(to_json(report_of(outcome)), parse_constant=lambda name: pytest.fail(name))
    assert report["objective"] == "poly_view"
    assert report["views"] == ["one", "two", "three"]
    assert (report["n_train"], report["n_validation"], report["n_test"]) == (140, 14, 60)
    assert report["dim"] == 4
    assert report["seconds"] > 0
    assert report["loss"] == min(report["loss"], report["history"]["loss"][0])
    holdout = report["holdout"]
    assert set(holdout) >= {"recall@1", "recall@5", "recall@10", "matrix@1", "chance@1"}
    assert holdout["chance@1"] == 1 / 60
    assert np.shape(holdout["matrix@1"]) == (3, 3)
    assert holdout["recall@1"] <= holdout["recall@5"] <= holdout["recall@10"] <= 1
    assert 1 / 3 < report["probe_majority"] < 1 / 2 < report["probe_accuracy"] <= 1
    assert report["probe_interval"][0] <= report["probe_accuracy"] <= report["probe_interval"][1]
    assert report["n_candidates"] == 60
    assert report["before"] == {}
    assert set(report["rivals"]) == {"cca", "orthogonal", "ridge"}
    for figures in (holdout, report["start"], *report["rivals"].values()):
        low, high = figures["interval@1"]
        assert 0 <= low < figures["recall@1"] <= high <= 1
    assert report["whitening_chosen"] is True
    assert report["warnings"] == []
    assert report["constant_columns"] == {"one": [], "two": ["c4"], "three": []}


def test_the_page_stands_alone(outcome, tmp_path):
    """Pictures inside, no address outside, and heads that map raw rows."""
    pytest.importorskip("matplotlib")
    from polycontrast.align.job.results import write_results

    write_results(tmp_path, outcome)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 8  # recall 3, curves 2, gap 2, and the projection
    assert not re.findall(r'(?:src|href)="(?!#|data:)', page)
    assert "$" not in re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    heads = load_heads(tmp_path / "heads.npz")
    for name, view in outcome.task.views.items():
        stored = np.load(tmp_path / "aligned" / f"{name}.npy")
        assert stored.dtype == np.float32
        np.testing.assert_allclose(heads[name](view), stored, atol=1e-5)
    again = Aligner.load(tmp_path / "heads.npz")
    assert again.get_params() == outcome.aligner.get_params()
    assert again.view_names_ == list(outcome.task.views)


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        ({}, "Heads: linear. Temperature: 0.15, the default."),
        ({"temperature": 0.2}, "Temperature: 0.2, as given."),
        ({"objective_params": {"temperature": 0.2}}, "Temperature: 0.2, as given."),
        ({"temperature": "learned"}, ", learned with the heads."),
        ({"objective": "vicreg"}, "Temperature: none, the objective has none."),
        ({"head": "mlp", "hidden": 5, "dropout": 0.25, "max_iter": 1}, "width 5 and dropout 0.25;"),
    ],
    ids=["default", "given", "parameter", "learned", "none", "hidden"],
)
def test_the_page_names_heads_and_temperature(options, asked):
    """Among what was asked. One step with a hidden layer gains nothing: the start is kept."""
    views = dict(zip(("one", "two"), synthetic_views(rows=60)[0], strict=False))
    aligner = Aligner(**{"n_components": 2, "max_iter": 2, "whitening": 0.1} | options)
    report = report_of(run(check_task(Task(views)), aligner))
    assert asked in words.asked(report)
    assert ("the linear start was kept" in words.asked(report)) == ("head" in options)


HOSTILE = [
    "<b>&amp;\"'",
    "<script>alert(1)</script>",
    "$views $$ ${recall}",
    "two\nlines\t\x1b[2J",
    "caf\udce9",
    "שלום",
    "😀👩‍💻",
    "n" * 300,
    "../../out",
    "a/b",
    "-->",
    "",
]


def test_names_of_every_kind_are_reported_as_written(tmp_path, monkeypatch):
    """Views, columns and parameters, in both reports, the heads and the names of files."""
    from polycontrast.align.job.results import write_results

    panels = {name: ["<svg></svg>"] for name in ("recall", "gap", "curves", "projection")}
    pictures = {"summary": b"a picture", **panels}
    monkeypatch.setattr("polycontrast.align.job.results.draw", lambda *_: pictures)

    rng = np.random.default_rng(0)
    thing = rng.standard_normal((30, 2))
    views = {name: thing @ rng.standard_normal((2, 2)) for name in HOSTILE}
    views = {name: np.concatenate([view, np.ones((30, 1))], axis=1) for name, view in views.items()}
    columns = {name: [f"x {name}", f"y {name}", f"constant {name}"] for name in HOSTILE}
    labels = np.array(["$a$ <i>", "caf\udce9\n"])[rng.integers(0, 2, 30)]
    task = check_task(Task(views, columns, labels))
    outcome = run(task, Aligner(n_components=2, max_iter=1))
    outcome.aligner.objective_params = {"<u>": "$x$ </table>"}
    write_results(tmp_path, outcome)

    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report["views"] == HOSTILE
    assert report["constant_columns"] == {name: [f"constant {name}"] for name in HOSTILE}
    assert list(report["files"]) == HOSTILE
    heads = load_heads(tmp_path / "heads.npz")
    assert len(heads) == len(HOSTILE)
    for name, head in zip(HOSTILE, heads.values(), strict=True):
        rows = np.load(tmp_path / report["files"][name])
        np.testing.assert_allclose(head(views[name]), rows, atol=1e-5)
    assert {path.parent for path in tmp_path.rglob("*.npy")} == {tmp_path / "aligned"}

    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    found = Cells()
    found.feed(page)
    shown = [
        name.replace("\n", r"\n").replace("\t", r"\t").replace("\x1b", r"\x1b") for name in HOSTILE
    ]
    shown = [name.replace("\udce9", r"\udce9") for name in shown]
    assert set(found.cells) >= {*shown, *(f"constant {name}" for name in shown)}
    assert set(found.cells) >= {"<u>", "$x$ </table>"}
    assert not {"i", "u"} & found.tags
    assert page.count("<script>") == 1
    assert page.count("<b>") == len(re.findall(r'<li><b>|"answer"><b>', page))


class Cells(HTMLParser):
    """The texts in the cells of all tables, and the names of all tags."""

    def __init__(self):
        super().__init__()
        self.cells, self.tags, self.open = [], set(), False

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag in ("td", "th"):
            self.open = True
            self.cells.append("")

    def handle_endtag(self, tag):
        self.open = self.open and tag not in ("td", "th")

    def handle_data(self, data):
        if self.open:
            self.cells[-1] += data


def test_the_probe_separates_what_is_separable():
    rng = np.random.default_rng(0)
    labels = np.array(["cat", "dog", "cow"])[rng.integers(0, 3, 90)]
    rows = rng.standard_normal((90, 2)) * 0.1
    rows[labels == "cat", 0] += 1
    rows[labels == "dog", 1] += 1
    probe = fit_probe(rows[:60], labels[:60])
    assert np.mean(probe(rows[60:]) == labels[60:]) == 1


@pytest.mark.parametrize(
    ("labels", "rows", "message"),
    [
        (None, 11, "too few rows: 11 rows give 8 to learn from and 3 to test on"),
        (np.arange(50), 50, "labels must be classes that repeat; got 50 values in 50 rows"),
        (np.zeros(50), 50, "labels must be classes that repeat; got 1 values in 50 rows"),
    ],
)
def test_what_gives_no_result_is_refused(labels, rows, message):
    views, _ = synthetic_views(rows=rows)
    task = Task(dict(zip("abc", views, strict=True)), labels=labels)
    with pytest.raises(BadInput, match=message):
        check_task(task)


def test_a_view_is_checked_once_where_it_enters(monkeypatch):
    """The task, the training rows of `fit` and the rows of `transform`: three times in all."""
    checked = []
    monkeypatch.setattr("polycontrast.align.inputs.check_finite", lambda *a: checked.append(a[0]))
    views, _ = synthetic_views(rows=50)
    task = check_task(Task(dict(zip("abc", views, strict=True))))
    run(task, Aligner(n_components=2, max_iter=1))
    assert len(checked) == 3 * 3

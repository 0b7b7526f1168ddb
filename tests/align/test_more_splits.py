"""Several splits: each is the job of its own seed, and the report has mean and spread."""

import numpy as np
import pytest
from views import synthetic_views

from polycontrast.align import Aligner, BadInput
from polycontrast.align.job import Task, check_task, run
from polycontrast.align.job.more_splits import measure_splits, splits_sentence
from polycontrast.align.job.page.rows import splits
from polycontrast.align.job.report import report_of

VIEWS = dict(
    zip(("one", "two"), synthetic_views(rows=120, columns=(6, 5), noise=0.8)[0], strict=True)
)


def aligner(**more):
    return Aligner(n_components=3, max_iter=2, whitening=0.1, **more)


def outcome_of(**more):
    outcome = run(check_task(Task(VIEWS, **more)), aligner(random_state=more.get("seed", 0)))
    measure_splits(outcome)
    return outcome


def test_each_split_is_the_job_of_its_seed():
    """The recalls of three runs with one seed each, and their mean and standard deviation."""
    folds = report_of(outcome_of(folds=3, seed=4))["folds"]
    alone = [outcome_of(seed=seed).recalls for seed in (4, 5, 6)]
    assert folds["seeds"] == [4, 5, 6]
    for name in ("after", "cca", "ridge"):
        values = [recalls[name].mean(1) for recalls in alone]
        found = folds["methods"][name]["recall@1"]
        assert found["values"] == values
        assert found["mean"] == pytest.approx(np.mean(values))
        assert found["deviation"] == pytest.approx(np.std(values, ddof=1))
    assert len(set(folds["methods"]["after"]["recall@1"]["values"])) > 1
    lowest = min(folds["methods"]["after"]["recall@1"]["values"])
    assert f"from {lowest:.3f} to" in splits_sentence(folds)
    section = splits({"folds": folds})
    assert section.count("<tr>") == 1 + len(folds["methods"])
    assert "<th>seed 6</th>" in section


def test_one_split_says_nothing_of_others():
    outcome = outcome_of()
    assert outcome.splits == []
    assert "folds" not in report_of(outcome)


def test_an_interrupt_keeps_the_splits_that_are_done():
    """The third split is interrupted while the start is chosen."""
    outcome = run(check_task(Task(VIEWS, folds=4)), aligner())

    def watch(phase, done, total):
        if phase.startswith("split 3 of 4: fitting rivals"):
            raise KeyboardInterrupt

    measure_splits(outcome, watch)
    folds = report_of(outcome)["folds"]
    assert (folds["seeds"], folds["asked"]) == ([0, 1], 4)
    assert "Over 2 random splits (of 4 that were asked for)" in splits_sentence(folds)


def test_splits_need_held_out_rows():
    with pytest.raises(BadInput, match="--folds compares held-out rows; --holdout 0 leaves none"):
        check_task(Task(VIEWS, folds=2, holdout=0))

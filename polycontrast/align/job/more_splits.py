"""The same job on other random splits of the rows: how much of a figure is luck of the split."""

import warnings
from dataclasses import replace
from typing import Any

import numpy as np

from polycontrast.align.job.recalls import KS
from polycontrast.align.job.task import Outcome, fit, measure_outcome
from polycontrast.align.training.tracking import Progress
from polycontrast.align.watch import Watch, unwatched


def measure_splits(outcome: Outcome, watch: Watch = unwatched) -> None:
    """Fit and measure again with the seeds after that of an outcome, as its task asks.

    An interrupt ends it; the splits that are done are kept.

    Parameters
    ----------
    outcome : Outcome
        Measured already. Its `splits` become the mean recall by method, for each seed.
    watch : callable, optional
    """
    count, first = outcome.task.folds, outcome.task.seed
    if count < 2 or not outcome.recalls:
        return
    outcome.splits = [_recalls(outcome, first)]
    for n in range(1, count):
        prefix = f"split {n + 1} of {count}: "

        def told(phase: str, done: int, total: int, prefix: str = prefix) -> None:
            watch(prefix + phase, done, total)

        def trained(progress: Progress, told: Watch = told) -> None:
            told("training", progress.iteration, progress.expected_last)

        parameters = outcome.aligner.get_params() | {"random_state": first + n}
        aligner = type(outcome.aligner)(**parameters)
        task = replace(outcome.task, seed=first + n, labels=None)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "interrupted", UserWarning)
            try:
                other = fit(task, aligner, trained, told)
                if aligner.stopped_ == "interrupted":
                    return
                measure_outcome(other, told)
            except KeyboardInterrupt:
                return
        outcome.splits.append(_recalls(other, first + n))


def _recalls(outcome: Outcome, seed: int) -> dict[str, Any]:
    found = {
        name: {f"recall@{k}": recalls.mean(k) for k in KS}
        for name, recalls in outcome.recalls.items()
    }
    return {"seed": seed, "methods": found}


def splits_of(outcome: Outcome) -> dict[str, Any]:
    """Figures for the report: values by seed, mean and standard deviation of each method."""
    methods: dict[str, dict[str, Any]] = {}
    for name in outcome.splits[0]["methods"]:
        found = [one["methods"].get(name) for one in outcome.splits]
        if None in found:
            continue
        methods[name] = {}
        for k in KS:
            values = [one[f"recall@{k}"] for one in found]
            spread = float(np.std(values, ddof=1)) if len(values) > 1 else float("nan")
            methods[name][f"recall@{k}"] = {
                "values": values,
                "mean": float(np.mean(values)),
                "deviation": spread,
            }
    return {
        "seeds": [one["seed"] for one in outcome.splits],
        "asked": outcome.task.folds,
        "methods": methods,
    }


def splits_sentence(splits: dict[str, Any]) -> str:
    """The main result of the splits in words."""
    figures = splits["methods"]["after"]["recall@1"]
    values, count = figures["values"], len(splits["seeds"])
    some = f" (of {splits['asked']} that were asked for)" if count < splits["asked"] else ""
    return (
        f"Over {count} random splits{some} recall@1 of the learned heads is {figures['mean']:.3f} "
        f"on average, from {min(values):.3f} to {max(values):.3f}."
    )

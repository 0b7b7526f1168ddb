"""Comparison of one objective with one rival: values first, then times, then memory."""

import math
import subprocess
import sys
from typing import Any

import numpy as np

from polycontrast.bench.measuring import median_times, raised_peak
from polycontrast.bench.rivals import BACKENDS, RIVALS, Rival
from polycontrast.objective import find
from polycontrast.testing.inputs import random_arrays

COLUMNS = (
    "objective", "backend", "rival", "B", "D", "ours ms", "rival ms", "ratio", "ours MiB",
    "rival MiB",
)  # fmt: skip
Row = list[str]


def inputs(rows: int, depth: int) -> tuple[Any, Any]:
    """Two related sets of rows, in float32."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((rows, depth), dtype=np.float32)
    return x, x + 2 * rng.standard_normal((rows, depth), dtype=np.float32)


def compare(
    rival: Rival,
    rows: int,
    depth: int,
    runs: int,
    memory: bool = True,
    seconds: float = math.inf,
) -> Row:
    """One row of the table; `seconds` limits the runs, see `median_times`.

    Raises
    ------
    ArithmeticError
        When value or gradients differ, because a comparison would then have no meaning.
    """
    rows = min(rows, rival.most_rows or rows)
    x, y = inputs(rows, depth)
    ours, theirs = rival.ours(), rival.make()
    same(rival.name, ours(x, y), theirs(x, y))
    calls = (lambda: ours(x, y)), (lambda: theirs(x, y))
    mine, other = median_times(*calls, runs=runs, seconds=seconds)
    row = [rival.objective, rival.backend, rival.name, str(rows), str(depth)]
    row += [f"{mine * 1e3:.3g}", f"{other * 1e3:.3g}", f"{other / mine:.2f}"]
    return row + (peaks(rival, rows, depth) if memory else ["", ""])


def compare_memory(rival: Rival, rows: int, depth: int) -> Row:
    """A row with memory only, for sizes at which a rival takes minutes; ours keeps no tile."""
    row = [rival.objective, rival.backend, rival.name, str(rows), str(depth)]
    return [*row, "", "", "", *peaks(rival, rows, depth, kept="0")]


def same(name: str, ours: tuple[Any, ...], theirs: tuple[Any, ...]) -> None:
    """Refuse to compare functions that compute different values or gradients in float32."""
    far = [abs(ours[0] - theirs[0]) / (1e-4 * abs(theirs[0]))]
    for mine, other in zip(ours[1:], theirs[1:], strict=True):
        far.append(np.abs(mine - other).max() / (2e-3 * np.abs(other).max()))
    if not all(f <= 1 for f in far):  # also for nan
        raise ArithmeticError(f"{name} computes something else: {ours[0]:g} and {theirs[0]:g}")


def peaks(rival: Rival, rows: int, depth: int, kept: str = "") -> Row:
    """Extra MiB of one call per side, each in its own process; "fails" for a call that fails.

    `kept` is the ``memory=`` of our call; empty for the default.
    """
    shown = []
    for side in ("ours", "theirs"):
        place = str(RIVALS.index(rival))
        command = [sys.executable, "-m", __name__, place, side, str(rows), str(depth), kept]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        shown.append(done.stdout.strip() if done.returncode == 0 else "fails")
    return shown


def one_peak(rival: Rival, side: str, rows: int, depth: int, kept: str = "") -> int | None:
    """Bytes by which a call raises the peak of this process, after a small call for warm-up."""
    options = {"memory": int(kept)} if kept else {}
    call = rival.ours(**options) if side == "ours" else rival.make()
    call(*inputs(64, depth))
    x, y = inputs(rows, depth)
    return raised_peak(lambda: call(x, y))


def is_a_loss(name: str) -> bool:
    """Whether an objective of small arrays is one number without any parameters given."""
    objective = find(name)
    required = [a for a in objective.arguments.values() if a.required]
    # Lists of arrays, such as gradients of parameters, have no rows to choose the number of.
    if any(not a.is_array or a.kind == "list" for a in required):
        return False
    try:
        return np.ndim(objective(**random_arrays(objective, 3, seed=0))) == 0
    except ValueError:  # the defaults of `ms_ssim` are for images of 161 pixels or more
        return False


def measure(name: str, backend: str, rows: int, depth: int, runs: int) -> Row:
    """Time of one objective alone, with default parameters.

    Objectives whose work grows faster than the square of the rows get at most 64 rows.
    """
    objective = find(name)
    rows = min(rows, 64) if objective.tuples else rows
    arrays = random_arrays(objective, rows, seed=0, D=depth)
    given = [a.astype(np.float32) if a.dtype.kind == "f" else a for a in arrays.values()]
    call = BACKENDS[backend].objective(name, {})
    (mine,) = median_times(lambda: call(*given), runs=runs)
    return [name, backend, "", str(rows), str(depth), f"{mine * 1e3:.3g}", "", "", "", ""]


if __name__ == "__main__":
    place, side, rows, depth, kept = sys.argv[1:]
    found = one_peak(RIVALS[int(place)], side, int(rows), int(depth), kept)
    print("" if found is None else f"{found / 2**20:.0f}")

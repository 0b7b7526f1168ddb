"""What two pictures share: a ladder of questions with an answer at each rung, and bars of cost."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.patches import FancyBboxPatch
from threadpoolctl import threadpool_limits

from polycontrast.bench import machine
from polycontrast.plot.style import ACCENT, INK, MUTED, NORMAL, SECOND, SMALL, plain, title

ROUNDS = 9


def ladder(axes: Any, rungs: Sequence[tuple[str, str, str]], otherwise: str) -> None:
    """Questions from top to bottom; yes leads to the right, no leads down."""
    height, gap = 0.66, 1.0
    for k, (question, answer, kept) in enumerate(rungs):
        y = -k * gap
        _box(axes, 0, y, 4.3, height, question, MUTED)
        _box(axes, 5.4, y, 3.9, height, f"{answer}\n{kept}" if kept else answer, ACCENT)
        _arrow(axes, (4.3, y + height / 2), (5.4, y + height / 2), "yes", (4.85, y + 0.4))
        _arrow(axes, (2.15, y), (2.15, y - gap + height), "no", (2.4, y - 0.24))
    y = -len(rungs) * gap
    _box(axes, 0, y, 4.3, height, otherwise, ACCENT)
    axes.set(xlim=(-0.1, 9.4), ylim=(y - 0.1, height + 0.1))
    axes.set_axis_off()


def _box(axes: Any, x: float, y: float, width: float, height: float, text: str, colour: str):
    style = "round,pad=0,rounding_size=0.08"
    axes.add_patch(FancyBboxPatch((x, y), width, height, boxstyle=style, fc="white", ec=colour))
    axes.text(
        x + width / 2, y + height / 2, text, fontsize=SMALL, color=INK, ha="center", va="center"
    )


def _arrow(axes: Any, start: tuple, end: tuple, word: str, at: tuple) -> None:
    axes.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": MUTED})
    axes.text(*at, word, fontsize=SMALL, color=MUTED, ha="center", va="bottom")


def seconds(calls: Sequence[Callable[[], Any]]) -> list[float]:
    """Medians on one thread; the calls take turns."""
    taken = []
    with threadpool_limits(1):
        for _ in range(ROUNDS + 1):
            taken.append([])
            for call in calls:
                start = time.perf_counter()
                call()
                taken[-1].append(time.perf_counter() - start)
    return list(np.median(taken[1:], axis=0))


def bars(axes: Any, rows: Sequence[tuple[str, Callable[[], Any], str]], what: str, note: str):
    """Time of each row as a multiple of the first, with a remark at the end of its bar."""
    taken = np.array(seconds([call for _, call, _ in rows]))
    times = taken / taken[0]
    at = -np.arange(len(rows))
    axes.barh(at, times, height=0.62, color=[SECOND] + [ACCENT] * (len(rows) - 1))
    for y, t, (name, _, remark) in zip(at, times, rows, strict=True):
        axes.annotate(
            f"{t:.1f}{'; ' + remark if remark else ''}",
            (t, y),
            (5, 0),
            textcoords="offset points",
            va="center",
            fontsize=SMALL,
            color=INK,
        )
        print(f"{name:50s} {t:.2f}")
    axes.set_yticks(at, [name for name, _, _ in rows])
    axes.set_xlim(0, 1.45 * times.max())
    axes.set_xlabel(f"{what}; one thread of {machine()}", fontsize=SMALL, color=MUTED)
    plain(axes)
    axes.tick_params(axis="y", labelsize=NORMAL - 1, length=0)
    title(axes, "What it costs", note)

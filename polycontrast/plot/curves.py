"""Curves of training loss and validation recall."""

from typing import Any

import numpy as np

from polycontrast.plot.style import ACCENT, GRID, INK, MUTED, SECOND, SMALL, plain, title


def draw_loss(axes: Any, losses: list[float], best: int, unit: str) -> None:
    """Training loss by iteration, the one that is kept marked."""
    _curve(axes, losses, best, ACCENT, unit, "{:.3g}")
    if not losses:
        heading = "No training"
    elif best == 0:
        heading = "The start is kept"
    else:
        heading = f"The loss goes from {losses[0]:.4g} to {losses[best]:.4g}"
    title(axes, heading, "training loss; the dot is what is kept")


def draw_validation(axes: Any, recalls: list[float], best: int, unit: str) -> None:
    """Recall@1 on the validation rows by iteration, the one that is kept marked."""
    _curve(axes, recalls, best, SECOND, unit, "{:.3f}")
    heading = "The start is best" if best == 0 else f"Recall is best after {best} {unit}s"
    if best == 0 and recalls and max(recalls) > recalls[0]:
        heading = "No gain beyond chance: the start is kept"
    heading = heading.removesuffix("s") if best == 1 else heading
    title(axes, heading, "mean recall@1 on the validation rows")


def _curve(axes: Any, values: list[float], best: int, colour: str, unit: str, form: str) -> None:
    steps = np.arange(len(values))
    axes.plot(steps, values, color=colour, linewidth=2)
    if values:
        axes.plot(best, values[best], "o", color=colour, markersize=8)
        side = 1 if best <= len(values) / 2 else -1
        axes.annotate(
            form.format(values[best]),
            (best, values[best]),
            (8 * side, 9),
            textcoords="offset points",
            ha="left" if side > 0 else "right",
            color=INK,
            fontsize=SMALL,
        )
    axes.margins(x=0.03, y=0.18)
    axes.set_xlabel(unit, fontsize=SMALL, color=MUTED)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    plain(axes)

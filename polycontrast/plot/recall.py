"""Heat map of recall@1 from every view to every other."""

from typing import Any

import numpy as np

from polycontrast.plot.style import (
    HEAT_MAP,
    INK,
    MUTED,
    NORMAL,
    PAPER,
    SMALL,
    readable_on,
    title,
    view_name,
)

NUMBERS_UP_TO = 12  # views; beyond that numbers in cells would be too small to read


def draw_recall(
    axes: Any,
    matrix: np.ndarray,
    names: list[str],
    heading: str,
    note: str = "",
    row_names: bool = True,
    high: float = 1.0,
    marked: np.ndarray | None = None,
) -> Any:
    """Draw one matrix, rows searching in columns; returns the image for a colour bar.

    The diagonal is left out: a view always finds itself. So are entries that are nan. Where
    `marked` is True the entry gets a triangle.
    """
    count = len(names)
    shown = np.where(np.eye(count, dtype=bool), np.nan, matrix)
    image = axes.imshow(shown, vmin=0.0, vmax=high, cmap=HEAT_MAP)
    labels = [view_name(name) for name in names]
    axes.set_xticks(range(count), labels, rotation=40, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(count), labels if row_names else [])
    axes.tick_params(length=0, labelsize=SMALL, labelcolor=INK)
    axes.set_xticks(np.arange(count + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(count + 1) - 0.5, minor=True)
    axes.grid(which="minor", color=PAPER, linewidth=1.5)
    axes.tick_params(which="minor", length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    for i in range(count):
        for j in range(count):
            if i == j:
                axes.text(j, i, "·", ha="center", va="center", color=MUTED, fontsize=NORMAL)
            elif np.isnan(matrix[i, j]):
                axes.text(j, i, "–", ha="center", va="center", color=MUTED, fontsize=SMALL)
            elif count <= NUMBERS_UP_TO:
                colour = readable_on(image.cmap(image.norm(matrix[i, j])))
                text = f"{matrix[i, j]:.2f}".removeprefix("0")
                if marked is not None and marked[i, j]:
                    text = f"▼{text}"
                axes.text(j, i, text, ha="center", va="center", color=colour, fontsize=SMALL)
    title(axes, heading, note)
    return image

"""Bar chart of the speed of an objective relative to each rival."""

from typing import Any

from polycontrast.plot.style import ACCENT, GRID, INK, MUTED, SECOND, SMALL, plain, png, title
from polycontrast.wording import literal


def draw(table: list[list[str]], note: str) -> bytes:
    """Draw the ratios of the rows that have one (see `comparison.COLUMNS`), as PNG."""
    rows = [row for row in table if row[7]]

    def draw_bars(figure: Any) -> None:
        axes = figure.subplots()
        _bars(axes, rows)
        title(
            axes, "How much faster than each rival", "value and gradient; longer is better for us"
        )
        figure.supxlabel(note, fontsize=7, color=MUTED, wrap=True)

    return png(draw_bars, 8.5, 1.6 + 0.3 * len(rows))


def _bars(axes: Any, rows: list[list[str]]) -> None:
    ratios = [float(row[7]) for row in rows]
    places = range(len(rows))
    colours = [ACCENT if ratio >= 1 else SECOND for ratio in ratios]
    axes.barh(places, [r - 1 for r in ratios], left=1, color=colours, height=0.7)
    labels = [literal(f"{row[0]}, {row[1]}, B = {row[3]}: {row[2]}") for row in rows]
    axes.set_yticks(places, labels)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xscale("log")
    low, high = min(0.5, *ratios) / 2, max(2.0, *ratios) * 2  # with room for the numbers
    axes.set_xlim(low, high)
    ticks = [t for t in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100) if low < t < high]
    axes.set_xticks(ticks, [f"{t:g} x" for t in ticks])
    axes.minorticks_off()
    axes.axvline(1, color=INK, linewidth=1)
    for place, ratio in zip(places, ratios, strict=True):
        side = 1 if ratio >= 1 else -1
        axes.annotate(
            f"{ratio:.2f}",
            (ratio, place),
            (4 * side, 0),
            textcoords="offset points",
            ha="left" if side > 0 else "right",
            va="center",
            fontsize=SMALL,
            color=INK,
        )
    axes.grid(axis="x", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    plain(axes)

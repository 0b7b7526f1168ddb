"""Recall of learned heads and of closed forms over the number of rows to learn from.

    python docs/pictures/align_example.py

Figures are those of benchmarks/results/align_example.csv.
"""

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
from digit_views import STATIC, save
from matplotlib.figure import Figure

from polycontrast.plot.style import CLASS_COLOURS, GRID, INK, MUTED, SMALL, plain, title

RESULTS = STATIC.parent.parent / "benchmarks" / "results" / "align_example.csv"
# Name in the legend, colour, dashes and mark of each method.
LOOKS = {
    "cca": ("multi-set CCA", CLASS_COLOURS[1], "--", "s"),
    "ridge": ("ridge regression", CLASS_COLOURS[9], ":", "D"),
    "pairwise": ("InfoNCE of pairs", CLASS_COLOURS[4], "-", "^"),
    "poly_view": ("poly_view", CLASS_COLOURS[0], "-", "o"),
    "mv_dhel": ("mv_dhel", CLASS_COLOURS[5], "-.", "v"),
}
PAIRWISE = {"info_nce", "pairwise_sum"}


def read(path: Path) -> dict[str, dict[str, dict[int, np.ndarray]]]:
    """Mean over the seeds of recall and of the ends of its interval: by data, method, rows."""
    found: dict = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    with path.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            method = "pairwise" if line["method"] in PAIRWISE else line["method"]
            figures = [float(line[key]) for key in ("recall@1", "low", "high")]
            found[line["data"]][method][int(line["rows"])].append(figures)
    return {
        data: {
            method: {rows: np.mean(runs, axis=0) for rows, runs in sorted(sizes.items())}
            for method, sizes in methods.items()
        }
        for data, methods in found.items()
    }


def draw(figure: Figure) -> None:
    """A panel for each data set."""
    found = read(RESULTS)
    panels = figure.subplots(1, len(found))
    for axes, (data, methods) in zip(panels, found.items(), strict=True):
        for method, (name, colour, dashes, mark) in LOOKS.items():
            rows = np.array(list(methods[method]))
            mean, low, high = np.array(list(methods[method].values())).T
            axes.plot(rows, mean, dashes, marker=mark, color=colour, label=name, markersize=4)
            axes.fill_between(rows, low, high, color=colour, alpha=0.15, linewidth=0)
        axes.set_xscale("log")
        axes.set_xticks(rows, [f"{n:,}" for n in rows], rotation=30)
        axes.minorticks_off()
        axes.set_xlabel("rows to learn from", fontsize=SMALL, color=MUTED)
        axes.grid(axis="y", color=GRID, linewidth=0.8)
        plain(axes)
        name, _, note = data.partition(", ")
        title(axes, name.capitalize(), note or "as they are")
    panels[0].set_ylabel("recall@1 on held-out rows", fontsize=SMALL, color=MUTED)
    figure.legend(
        *panels[0].get_legend_handles_labels(),
        loc="outside lower center",
        ncols=len(LOOKS),
        fontsize=SMALL,
        frameon=False,
        labelcolor=INK,
        handlelength=3,
    )


if __name__ == "__main__":
    figure = Figure(figsize=(13, 3.9), layout="constrained")
    draw(figure)
    save(figure, "align_example.png")

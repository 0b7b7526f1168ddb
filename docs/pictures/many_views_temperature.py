"""Loss against temperature for the objectives of many views, on the same rows.

    python docs/pictures/many_views_temperature.py

Rows: 100 held-out digits as three views show them, in the space where training starts.
"""

import numpy as np
from digit_views import aligned, legend_below, line, save
from matplotlib.figure import Figure

import polycontrast as pc
from polycontrast.plot.style import GRID, INK, MUTED, SMALL, plain, title

TEMPERATURES = np.geomspace(0.01, 3, 49)
MEMBERS = (
    ("poly_view, geometric", pc.poly_view, {}),
    ("poly_view, arithmetic", pc.poly_view, {"aggregation": "arithmetic"}),
    ("sufficient_statistics", pc.sufficient_statistics, {}),
    ("multi_crop, nt_xent", pc.multi_crop, {}),
    ("average_view, nt_xent", pc.average_view, {}),
    ("mv_info_nce, cross", pc.mv_info_nce, {}),
    ("pairwise_sum, average", pc.pairwise_sum, {"average": True}),
    ("cube_loss, axis", pc.cube_loss, {"negatives": "axis"}),
    ("cube_loss, all", pc.cube_loss, {}),
    ("gram_loss", lambda z, **params: pc.gram_loss(z[0], z[1:], **params), {}),
)


def main() -> None:
    z = aligned(100)
    same = np.ones_like(z) / z.shape[-1] ** 0.5  # all rows equal: what guessing costs
    figure = Figure(figsize=(11.6, 4.9), layout="constrained")
    left, right, far = figure.subplots(1, 3, width_ratios=(1, 1, 0.5))
    for n, (name, objective, params) in enumerate(MEMBERS):
        loss = [float(objective(z, temperature=t, **params)) for t in TEMPERATURES]
        guess = [float(objective(same, temperature=t, **params)) for t in TEMPERATURES]
        style = line(n) | {"label": name}
        left.plot(TEMPERATURES, loss, **style)
        right.plot(TEMPERATURES, np.subtract(guess, loss), **style)
        print(f"{name:24s} gains most at {TEMPERATURES[np.argmax(np.subtract(guess, loss))]:.3f}")
    decoupled = [float(pc.mv_dhel(z, temperature=t)) for t in TEMPERATURES]
    far.plot(TEMPERATURES, decoupled, color=INK, linewidth=1.8)
    left.set_ylim(0, 10)
    right.set_ylim(0, 10)
    title(left, "Loss", "low temperatures punish rows with a wrong nearest row")
    title(right, "How far below that of equal rows", "each has its own best temperature")
    title(far, "mv_dhel", "not bounded below by 0")
    for axes in (left, right, far):
        axes.set_xscale("log")
        axes.set_xlabel("temperature", fontsize=SMALL, color=MUTED)
        axes.set_ylabel("nats", fontsize=SMALL, color=MUTED)
        axes.grid(color=GRID, linewidth=0.8)
        axes.set_axisbelow(True)
        plain(axes)
    legend_below(figure, left)
    save(figure, "many_views_temperature.png")


if __name__ == "__main__":
    main()

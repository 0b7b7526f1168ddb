"""Share of the gradient that goes to the hardest negatives.

    python docs/pictures/many_views_hardest.py

Every loss here is a function of inner products of rows alone. With the rows Z and their products
G = Z Z^T the gradient is dL/dZ = W Z, where W[p, q] is what the loss asks of the pair (p, q): dL/dG
of both orders together. If the rows are independent, W is found from dL/dZ, which `value_and_grad`
gives, by one division. Real rows are made independent by giving each a small coordinate of its own.
"""

import numpy as np
from digit_views import aligned, legend_below, line, save
from matplotlib.figure import Figure

import polycontrast as pc
from polycontrast.plot.style import GRID, MUTED, SMALL, plain, title

OWN = 1e-2  # length of the coordinate of its own: changes a cosine by 1e-4 of itself
HARDEST, SHOWN_AT = 0.05, 0.1
TEMPERATURES = np.geomspace(0.02, 3, 33)
SHARES = np.concatenate([[0.0], np.geomspace(0.01, 1.0, 60)])
MEMBERS = (
    ("poly_view, geometric", pc.poly_view, {}),
    ("poly_view, arithmetic", pc.poly_view, {"aggregation": "arithmetic"}),
    ("sufficient_statistics", pc.sufficient_statistics, {}),
    ("multi_crop, nt_xent", pc.multi_crop, {}),
    ("mv_info_nce, cross", pc.mv_info_nce, {}),
    ("pairwise_sum", pc.pairwise_sum, {}),
    ("cube_loss, axis", pc.cube_loss, {"negatives": "axis"}),
    ("cube_loss, all", pc.cube_loss, {}),
    ("mv_dhel", pc.mv_dhel, {}),
)


def independent(z: np.ndarray) -> np.ndarray:
    """The same rows, all but the same cosines, and of full rank."""
    count = z.shape[0] * z.shape[1]
    own = np.eye(count).reshape(*z.shape[:2], count)
    return np.concatenate([(1 - OWN**2) ** 0.5 * z, OWN * own], axis=-1)


def weights(objective, rows: np.ndarray, **params) -> np.ndarray:
    """W: dL/dG of every pair of rows, from the gradient of the rows."""
    _, grads = objective.value_and_grad(rows, normalize=False, **params)
    flat, g = (t.reshape(-1, rows.shape[-1]) for t in (rows, grads.views))
    w = g @ np.linalg.pinv(flat)
    rest = np.abs(w @ flat - g).max() / np.abs(g).max()
    assert rest < 1e-8, f"not a function of inner products: {rest}"
    return w


def ranked(w: np.ndarray, cosines: np.ndarray, used: np.ndarray) -> np.ndarray:
    """Weights of each row's negatives, hardest first (rows, negatives)."""
    order = np.argsort(-np.where(used, cosines, -np.inf), axis=1, kind="stable")
    count = int(used.sum(axis=1).min())
    return np.take_along_axis(np.where(used, w, 0), order, axis=1)[:, :count]


def main() -> None:
    z = aligned(48)
    rows = independent(z)
    flat = rows.reshape(-1, rows.shape[-1])
    cosines, sample = flat @ flat.T, np.tile(np.arange(z.shape[1]), z.shape[0])
    other = sample[:, None] != sample[None, :]
    figure = Figure(figsize=(10.6, 4.9), layout="constrained")
    left, right = figure.subplots(1, 2)
    for n, (name, objective, params) in enumerate(MEMBERS):
        # Which pairs a loss has for negatives shows at a high temperature, where all count alike.
        even = np.abs(weights(objective, rows, temperature=10.0, **params))
        used = other & (even > 1e-6 * even[other].max())
        share = []
        for t in (*TEMPERATURES, SHOWN_AT):
            w = ranked(weights(objective, rows, temperature=t, **params), cosines, used)
            assert w.min() > -1e-7 * w.max(), f"{name}: a negative that attracts at {t}"
            so_far = np.cumsum(w, axis=1).sum(axis=0) / w.sum()
            points = np.concatenate([[0.0], so_far])
            at = np.linspace(0, 1, len(points))
            share.append(np.interp(HARDEST, at, points))
        style = line(n)
        left.plot(TEMPERATURES, share[:-1], label=name, **style)
        right.plot(SHARES, np.interp(SHARES, at, points), **style)
        print(f"{name:24s} {used.sum(axis=1)[0]:4d} negatives, share {share[-1]:.2f}")
    left.set_xscale("log")
    left.axhline(HARDEST, color=MUTED, linewidth=1, linestyle=":")
    right.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle=":")
    title(left, f"Share of the hardest {HARDEST:.0%}", "dotted: all negatives alike")
    title(right, f"Share of the hardest k%, temperature {SHOWN_AT}", "dotted: all negatives alike")
    left.set_xlabel("temperature", fontsize=SMALL, color=MUTED)
    right.set_xlabel("k, as a share of a row's negatives", fontsize=SMALL, color=MUTED)
    for axes in (left, right):
        axes.set_ylim(0, 1.02)
        axes.set_ylabel("share of the weight of all negatives", fontsize=SMALL, color=MUTED)
        axes.grid(color=GRID, linewidth=0.8)
        axes.set_axisbelow(True)
        plain(axes)
    legend_below(figure, left)
    save(figure, "many_views_hardest.png")


if __name__ == "__main__":
    main()

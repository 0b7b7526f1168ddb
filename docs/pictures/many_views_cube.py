"""The cube of logits for three encoders and ten samples, before and after training.

    python docs/pictures/many_views_cube.py

Three linear encoders of three views of digits learn with `cube_loss`; the picture shows
`cube_logits` of ten held-out digits, one of each class.
"""

import numpy as np
from digit_views import NAMES, save, split
from matplotlib.figure import Figure

import polycontrast as pc
from polycontrast.plot.style import HEAT_MAP, INK, MUTED, SMALL, title, view_name

DIM, BATCH, STEPS, RATE, TEMPERATURE = 16, 48, 400, 0.01, 0.1


def train(views: list[np.ndarray], rng: np.random.Generator) -> tuple[list, list]:
    """Matrices of the encoders before and after some steps of Adam on batches."""
    heads = [rng.standard_normal((v.shape[1], DIM)) / v.shape[1] ** 0.5 for v in views]
    start = [w.copy() for w in heads]
    first, second = [np.zeros_like(w) for w in heads], [np.zeros_like(w) for w in heads]
    for step in range(1, STEPS + 1):
        batch = [
            v[rows] for rows in [rng.choice(len(views[0]), BATCH, replace=False)] for v in views
        ]
        z = [x @ w for x, w in zip(batch, heads, strict=True)]
        _, grads = pc.cube_loss.value_and_grad(z, temperature=TEMPERATURE)
        for a, x in enumerate(batch):
            g = x.T @ grads.views[a]
            first[a] = 0.9 * first[a] + 0.1 * g
            second[a] = 0.999 * second[a] + 0.001 * g * g
            root = np.sqrt(second[a] / (1 - 0.999**step)) + 1e-12
            heads[a] -= RATE * first[a] / (1 - 0.9**step) / root
    return start, heads


def draw(axes, logits: np.ndarray, low: float, high: float):
    """One cube: size and colour say the logit; the tuples (i, i, i) have an edge."""
    count = logits.shape[0]
    places = np.indices(logits.shape).reshape(3, -1)
    height = np.clip((logits.reshape(-1) - low) / (high - low), 0, 1)
    own = (places[0] == places[1]) & (places[1] == places[2])
    axes.set_proj_type("ortho")
    axes.set_box_aspect(None, zoom=0.92)
    for chosen, edge, least in ((~own, "none", 1.0), (own, "#D55E00", 14.0)):
        dots = axes.scatter(
            *places[:, chosen],
            c=logits.reshape(-1)[chosen],
            s=least + 120 * height[chosen] ** 2.5,
            vmin=low,
            vmax=high,
            cmap=HEAT_MAP + "_r",
            alpha=1.0 if least > 1 else 0.55,
            edgecolors=edge,
            linewidths=1.3,
            depthshade=False,
        )
    axes.view_init(elev=18, azim=-58)
    for axis, name in zip((axes.xaxis, axes.yaxis, axes.zaxis), NAMES, strict=True):
        axis.set_pane_color((1, 1, 1, 0))
        axis.set_ticks(range(count))
        axis.set_tick_params(labelsize=7, labelcolor=MUTED, pad=-2)
        axis._axinfo["grid"].update(color="#EEEEEE", linewidth=0.6)
        axis.set_label_text(f"digit, {view_name(name)}", fontsize=SMALL, color=INK)
        axis.labelpad = -2
    return dots


def main() -> None:
    learn, held, labels = split()
    centre, spread = [v.mean(axis=0) for v in learn], [v.std(axis=0) + 1e-9 for v in learn]
    learn, held = (
        [(v - m) / s for v, m, s in zip(views, centre, spread, strict=True)]
        for views in (learn, held)
    )
    ten = [int(np.flatnonzero(labels == digit)[0]) for digit in range(10)]
    figure = Figure(figsize=(10.6, 5.0), layout="constrained")
    figure.get_layout_engine().set(wspace=0.08)
    cubes, losses = [], []
    for heads in train(learn, np.random.default_rng(0)):
        z = np.stack([v[ten] @ w for v, w in zip(held, heads, strict=True)])
        cubes.append(pc.cube_logits(z))
        losses.append(float(pc.cube_loss(z, temperature=TEMPERATURE)))
    low, high = min(c.min() for c in cubes), max(c.max() for c in cubes)
    panels = figure.subplots(1, 2, subplot_kw={"projection": "3d"})
    for axes, cube, loss, when in zip(panels, cubes, losses, ("Before", "After"), strict=True):
        dots = draw(axes, cube, low, high)
        hits = np.mean([cube[i].argmax() == 11 * i for i in range(10)])
        note = f"loss {loss:.2f}; {hits:.0%} of the first view's rows fit their own tuple best"
        title(axes, f"{when} training", note)
    bar = figure.colorbar(dots, ax=list(panels), fraction=0.02, pad=0.04)
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=SMALL, labelcolor=INK, length=0)
    bar.set_label("logit: 1 - deviation of the tuple", fontsize=SMALL, color=MUTED)
    save(figure, "many_views_cube.png")


if __name__ == "__main__":
    main()

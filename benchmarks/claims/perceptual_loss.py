"""Perceptual losses: autoencoders of digits, trained by structural similarity or by pixels.

``python benchmarks/claims/perceptual_loss.py`` trains small autoencoders with four losses, and
measures what their reconstructions keep.
"""

import matplotlib.pyplot as plt
import numpy as np
from common.augmented import HEIGHT, WIDTH, split
from common.measures import probe, probe_accuracy
from common.network import MLP, Adam
from common.report import save_picture, spread, write_table
from common.runs import command_line, run_all, seeds

import polycontrast as pc
from polycontrast.plot.style import CLASS_COLOURS, INK, MARKS, plain

PIXELS, HIDDEN = HEIGHT * WIDTH, 256
WINDOW = {"window_size": 7}
SCALES = WINDOW | {"weights": (0.5, 0.5)}
MEASURES = ("squared error", "SSIM", "edges kept", "digits read", "probe of the codes")


def squared(x, y):
    """Gradient of the mean squared error."""
    return 2 * (x - y) / x.size


def absolute(x, y):
    """Gradient of the mean absolute error."""
    return np.sign(x - y) / x.size


def structural(x, y):
    """Gradient of one minus the structural similarity."""
    return pc.ssim.value_and_grad(x, y, wrt="x", **WINDOW)[1].x


def multiscale(x, y):
    """Gradient of the same at two scales."""
    return pc.ms_ssim.value_and_grad(x, y, wrt="x", **SCALES)[1].x


LOSSES = {
    "squared error": squared,
    "absolute error": absolute,
    "ssim": structural,
    "ms_ssim": multiscale,
}


class Autoencoder:
    """An MLP with a narrow linear layer in the middle, for pictures less their mean."""

    def __init__(self, pictures, width, rng):
        sizes = (PIXELS, HIDDEN, width, HIDDEN, PIXELS)
        self.network, self.mean = MLP(sizes, rng, linear=(1,)), pictures.mean(axis=0)

    def forward(self, pictures):
        """Reconstructions ``(B, 1, H, W)``, and ``back`` to the gradients of the network."""
        out, back = self.network.forward((pictures - self.mean).reshape(-1, PIXELS))
        return out.reshape(pictures.shape) + self.mean, lambda g: back(g.reshape(-1, PIXELS))

    def codes(self, pictures):
        """What the narrow layer holds."""
        first, shift, second, last = self.network.params[:4]
        rows = (pictures - self.mean).reshape(-1, PIXELS)
        return np.maximum(rows @ first + shift, 0) @ second + last


def edges(pictures):
    """Energy of the differences of neighbouring pixels."""
    return sum(float(np.mean(np.diff(pictures, axis=axis) ** 2)) for axis in (-1, -2))


def run(name, width, seed, batch, steps, rate=2e-3):
    """The measures on 600 test digits, and reconstructions of the first digit of each class."""
    learn, _, test = split(seed, learn=1400, validation=0)
    pictures, held = (t.pictures[:, None, :, :] for t in (learn, test))
    rng = np.random.default_rng(seed)
    model = Autoencoder(pictures, width, rng)
    adam, order = Adam(model.network.params, rate), []
    for _ in range(steps):
        if len(order) < batch:
            order = list(rng.permutation(len(pictures)))
        rows, order = order[:batch], order[batch:]
        out, back = model.forward(pictures[rows])
        adam.step(back(LOSSES[name](out, pictures[rows])))
    made = model.forward(held)[0]
    reader = probe(learn.flat, learn.labels)
    found = (
        float(np.mean((made - held) ** 2)),
        1 - float(pc.ssim(made, held, **WINDOW)),
        edges(made) / edges(held),
        float(reader.score(made.reshape(-1, PIXELS), test.labels)),
        probe_accuracy(model.codes(pictures), learn.labels, model.codes(held), test.labels),
    )
    first = [int(np.flatnonzero(test.labels == c)[0]) for c in range(10)]
    return found, (held[first, 0], made[first, 0]), float(reader.score(test.flat, test.labels))


def shown(axes, rows):
    """Rows of pictures of all digits, each under its name."""
    sheet = np.vstack([np.hstack(list(np.pad(t, ((0, 0), (1, 1), (1, 1))))) for t in rows.values()])
    axes.imshow(np.clip(sheet, 0, 1), cmap="gray_r", vmin=0, vmax=1)
    axes.set_yticks([(k + 0.5) * (HEIGHT + 2) for k in range(len(rows))], list(rows))
    axes.set_xticks([])
    axes.tick_params(length=0, labelcolor=INK)
    for side in axes.spines.values():
        side.set_visible(False)


def picture(found, sheets, widths, reading):
    """Reconstructions for the narrowest and the widest code; two measures over the code."""
    figure, grid = plt.subplots(2, 2, figsize=(12, 8), layout="constrained", width_ratios=(1.5, 1))
    for axes, width in zip(grid[:, 0], (widths[0], widths[-1]), strict=True):
        digits = sheets["squared error", width][0]
        shown(axes, {"digit": digits} | {name: sheets[name, width][1] for name in LOSSES})
        axes.set_title(f"reconstructions from {width} numbers", loc="left", fontsize=10)
    for axes, column in zip(grid[:, 1], (2, 3), strict=True):
        for name, colour, mark in zip(LOSSES, CLASS_COLOURS, MARKS, strict=False):
            runs = np.array([found[name, width] for width in widths])[:, :, column]
            error = runs.std(axis=1, ddof=1) if runs.shape[1] > 1 else None
            how = dict(color=colour, marker=mark, capsize=3, label=name)
            axes.errorbar(range(len(widths)), runs.mean(axis=1), error, **how)
        axes.set_xticks(range(len(widths)), widths)
        axes.set(xlabel="numbers in a code", ylabel=MEASURES[column])
        plain(axes)
    grid[0, 1].axhline(1, color=INK, linestyle=":")
    grid[1, 1].axhline(reading, color=INK, linestyle=":", label="true digits")
    grid[1, 1].legend(frameon=False, fontsize=9)
    save_picture(figure, "perceptual_loss")


def main():
    parser = command_line(__doc__, runs=3)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--codes", type=int, nargs="+", default=[4, 8, 16], help="their lengths")
    o = parser.parse_args()
    keys = [(name, width) for width in o.codes for name in LOSSES]
    cases = [(*key, seed, o.batch, o.steps) for key in keys for seed in seeds(o)]
    results = run_all(run, cases, o.jobs)
    of_key = {key: [results[c] for c in cases if c[:2] == key] for key in keys}
    found = {key: np.array([numbers for numbers, _, _ in runs]) for key, runs in of_key.items()}
    reading = [read for _, _, read in of_key[keys[0]]]
    rows = [
        [width, name]
        + [spread(found[name, width][:, i], digits) for i, digits in enumerate((4, 3, 3, 3, 3))]
        for name, width in keys
    ]
    note = (
        f"On 600 test digits; mean ± standard deviation over {o.seeds} splits and seeds; {o.steps} "
        f"steps of {o.batch} digits. Edges kept: energy of the differences of neighbouring pixels, "
        "of the reconstruction over the digit. Digits read: accuracy on reconstructions of a "
        f"logistic regression that was trained on true digits; on true ones it is "
        f"{np.mean(reading):.3f}. Probe: accuracy of a logistic regression on the codes."
    )
    write_table("perceptual_loss", ["code", "trained by", *MEASURES], rows, note)
    sheets = {key: runs[0][1] for key, runs in of_key.items()}
    picture(found, sheets, o.codes, np.mean(reading))


if __name__ == "__main__":
    main()

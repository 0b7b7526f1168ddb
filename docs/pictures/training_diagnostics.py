"""Diagnostics of healthy and of unhealthy training, on digits that two encoders see.

    OMP_NUM_THREADS=1 python docs/pictures/training_diagnostics.py

Each run trains two small networks for 300 steps, in NumPy and with fixed seeds. All of them take
some seconds. The last lines are the recall@1 of each run among 600 digits that were held out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from digit_views import legend_below, line, save, split
from matplotlib.figure import Figure

import polycontrast as pc
from polycontrast.plot.style import SMALL

STEPS, BATCH, HIDDEN, DIM, RATE = 300, 256, 128, 32, 2e-3
LABELS = {
    "recall_x": "recall@1 in the batch",
    "positive": "similarity of matches",
    "hardest_negative": "hardest negative",
    "effective_negatives": "effective negatives",
    "alignment": "alignment",
    "uniformity": "uniformity",
    "information": "bound, nats",
}


class Encoder:
    """Two layers with a rectifier between them, and the steps of Adam."""

    def __init__(self, columns: int, rng: np.random.Generator):
        shapes = (columns, HIDDEN), (HIDDEN, DIM)
        self.weights = [rng.standard_normal(s) * np.sqrt(2 / s[0]) for s in shapes]
        self.moments = [(np.zeros(s), np.zeros(s)) for s in shapes]
        self.steps = 0

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        """Embeddings of the rows."""
        self.rows, self.hidden = rows, np.maximum(rows @ self.weights[0], 0)
        return self.hidden @ self.weights[1]

    def step(self, g: np.ndarray) -> None:
        """One step against the gradient of the last embeddings."""
        on_hidden = (g @ self.weights[1].T) * (self.hidden > 0)
        self.steps += 1
        for k, grad in enumerate((self.rows.T @ on_hidden, self.hidden.T @ g)):
            m, v = self.moments[k]
            m += 0.1 * (grad - m)
            v += 0.001 * (grad**2 - v)
            scaled = m / (1 - 0.9**self.steps)
            self.weights[k] -= RATE * scaled / (np.sqrt(v / (1 - 0.999**self.steps)) + 1e-8)


@dataclass
class Run:
    """One training: its name in the picture, the loss, and how many rows of a batch are copies."""

    name: str
    objective: Any
    parameters: dict[str, Any] = field(default_factory=dict)
    copies: int = 1
    with_ids: bool = False


def data() -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Standardised columns of two views, to learn from and held out."""
    learn, held, _ = split()
    found: tuple[list[np.ndarray], list[np.ndarray]] = ([], [])
    for x, z in zip(learn[:2], held[:2], strict=True):
        mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-6
        found[0].append((x - mean) / spread)
        found[1].append((z - mean) / spread)
    return found


def batches(rows: int, copies: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Samples of each step, every one of them several times."""
    for _ in range(STEPS):
        yield np.repeat(rng.permutation(rows)[: BATCH // copies], copies)


def trained(run: Run) -> tuple[dict[str, list[float]], float]:
    """Diagnostics of each step, and the recall of the held-out digits."""
    rng = np.random.default_rng(0)
    learn, held = data()
    encoders = [Encoder(x.shape[1], rng) for x in learn]
    found: dict[str, list[float]] = {name: [] for name in LABELS}
    for chosen in batches(len(learn[0]), run.copies, rng):
        # Noise makes copies of one digit differ, as augmentations do.
        rows = [x[chosen] + 0.3 * rng.standard_normal((BATCH, x.shape[1])) for x in learn]
        x, y = (encode(t) for encode, t in zip(encoders, rows, strict=True))
        own = {"ids": chosen} if run.with_ids else {}
        _, grads, seen = run.objective.value_and_grad(
            x, y, wrt=("x", "y"), diagnostics=True, **run.parameters, **own
        )
        for encode, g in zip(encoders, grads, strict=True):
            encode.step(g)
        for name in LABELS:
            number = getattr(seen, name)
            found[name].append(np.nan if number is None else float(number))
    x, y = (encode(t) for encode, t in zip(encoders, held, strict=True))
    return found, float(pc.info_nce.value_and_grad(x, y, diagnostics=True)[2].recall_x)


def draw(file: str, runs: tuple[Run, ...], fields: tuple[str, ...]) -> None:
    """One panel for each figure, one line for each run."""
    figure = Figure(figsize=(9, 2.9), layout="constrained")
    axes = figure.subplots(1, len(fields))
    for n, run in enumerate(runs):
        found, recall = trained(run)
        print(f"{file}  {run.name}  recall@1 of 600 held-out digits {recall:.3f}")
        print("   last step:", {k: round(v[-1], 3) for k, v in found.items()})
        for axis, name in zip(axes, fields, strict=True):
            axis.plot(found[name], label=run.name, **line(n))
    for axis, name in zip(axes, fields, strict=True):
        axis.set_title(LABELS[name], fontsize=SMALL + 1)
        axis.set_xlabel("step", fontsize=SMALL)
        axis.tick_params(labelsize=SMALL)
        axis.spines[["top", "right"]].set_visible(False)
        if name == "effective_negatives":
            low, high = axis.get_ylim()
            ticks = [n for n in (1, 2, 5, 10, 20, 50, 100) if low <= n <= high]
            axis.set_yscale("log")
            axis.minorticks_off()
            axis.set_yticks(ticks, [str(n) for n in ticks])
    legend_below(figure, axes[0])
    save(figure, file)


HEALTHY = Run("info_nce, temperature 0.1", pc.info_nce, {"temperature": 0.1})
TINY = Run("info_nce, temperature 0.005", pc.info_nce, {"temperature": 0.005})
PICTURES: tuple[tuple[str, tuple[Run, ...], tuple[str, ...]], ...] = (
    (
        "diagnostics_healthy.png",
        (HEALTHY,),
        ("recall_x", "effective_negatives", "alignment", "uniformity", "information"),
    ),
    (
        "diagnostics_collapse.png",
        (
            Run("vicreg", pc.vicreg),
            Run("negative_cosine, both sides moving", pc.negative_cosine),
        ),
        ("positive", "alignment", "uniformity"),
    ),
    (
        "diagnostics_temperature.png",
        (HEALTHY, TINY),
        ("recall_x", "effective_negatives", "positive", "information"),
    ),
    (
        "diagnostics_false_negatives.png",
        (
            Run("four copies, with ids", pc.info_nce, {"temperature": 0.1}, 4, True),
            Run("four copies, without ids", pc.info_nce, {"temperature": 0.1}, 4),
        ),
        ("recall_x", "positive", "hardest_negative", "effective_negatives"),
    ),
)


def main() -> None:
    """Train and draw."""
    for picture in PICTURES:
        draw(*picture)


if __name__ == "__main__":
    main()

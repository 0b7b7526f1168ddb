"""What the pictures share: held-out digits as three of their six views see them, and a look."""

import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from polycontrast.align import Aligner
from polycontrast.data import load_digits
from polycontrast.plot.style import CLASS_COLOURS, INK, SMALL

STATIC = Path(__file__).resolve().parent.parent / "_static"
NAMES = ("profile", "karhunen_loeve", "zernike")


def split(seed: int = 0, held_out: int = 600) -> tuple[list[np.ndarray], list[np.ndarray], Any]:
    """Columns of the views on rows to learn from and on held-out rows, and labels of the latter."""
    views, labels = load_digits()
    order = np.random.default_rng(seed).permutation(len(labels))
    learn, held = order[held_out:], order[:held_out]
    return [views[n][learn] for n in NAMES], [views[n][held] for n in NAMES], labels[held]


def aligned(rows: int, dim: int = 16) -> np.ndarray:
    """Unit rows (3, rows, dim) of held-out digits in the space where an alignment starts."""
    learn, held, _ = split()
    aligner = Aligner(n_components=dim, max_iter=1).fit(learn)
    heads = zip(aligner.start_heads_, held, strict=True)
    return np.stack([head(v[:rows].astype(np.float64)) for head, v in heads])


def line(n: int) -> dict[str, Any]:
    """Look of the n-th line of a picture: neighbours differ in colour and in dashes."""
    dashes = "-" if n % 2 == 0 else (0, (4, 1.5))
    return {"color": CLASS_COLOURS[n % len(CLASS_COLOURS)], "linewidth": 1.8, "linestyle": dashes}


def legend_below(figure: Any, axes: Any) -> None:
    """One legend for all panels, below them."""
    figure.legend(
        *axes.get_legend_handles_labels(),
        loc="outside lower center",
        ncols=4,
        fontsize=SMALL,
        frameon=False,
        labelcolor=INK,
        handlelength=3,
    )


def save(figure: Any, name: str) -> None:
    """Write a picture where the page looks for it."""
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=120, facecolor="white", bbox_inches="tight", pad_inches=0.15)
    small(buffer.getvalue(), STATIC / name)


def small(picture: bytes, path: Path) -> None:
    """Write a picture with few colours, so that the file is small."""
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(
        path, optimize=True
    )
    print(f"{path.name}: {path.stat().st_size / 1024:.0f} KiB")

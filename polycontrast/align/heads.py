"""The learned maps, one a view, from raw columns into the shared space."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from polycontrast.arrays import Array, like
from polycontrast.calculus import unit_rows


@dataclass(frozen=True)
class Head:
    """Affine map of one view, then unit length: ``unit_rows((x - mean) @ weights + bias)``."""

    mean: np.ndarray
    weights: np.ndarray
    bias: np.ndarray

    def __call__(self, x: Array) -> Array:
        """Aligned rows (rows, dim) in the dtype of `x`, each of length 1."""
        centred = x - like(self.mean, x)[None, :]
        return unit_rows(centred @ like(self.weights, x) + like(self.bias, x)[None, :])[0]


def save_heads(path: Path, heads: dict[str, Head]) -> None:
    """Write heads as ``<view>/mean``, ``<view>/weights`` and ``<view>/bias`` of one .npz file."""
    parts: dict[str, Any] = {
        f"{view}/{part}": getattr(head, part)
        for view, head in heads.items()
        for part in ("mean", "weights", "bias")
    }
    np.savez_compressed(path, **parts)


def load_heads(path: str | Path) -> dict[str, Head]:
    """Read the heads that ``polycontrast align`` wrote, by view.

    Examples
    --------
    ``load_heads("aligned/heads.npz")["pixel"](x)`` maps new rows `x` of that view.
    """
    with np.load(path, allow_pickle=False) as stored:
        views = dict.fromkeys(key.rpartition("/")[0] for key in stored.files)
        return {
            view: Head(*(stored[f"{view}/{part}"] for part in ("mean", "weights", "bias")))
            for view in views
        }

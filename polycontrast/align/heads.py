"""The learned maps, one a view, from raw columns into the shared space."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from polycontrast.align.errors import BadInput
from polycontrast.align.inputs import check_columns
from polycontrast.align.interrupts import interruptible
from polycontrast.align.reading import read_arrays
from polycontrast.align.streams import StreamedRows
from polycontrast.arrays import Array, like
from polycontrast.calculus import unit_rows

QUICK_UP_TO = 10**9  # multiplications: done in less than a second
PARTS = ("mean", "weights", "bias")


@dataclass(frozen=True)
class Head:
    """Affine map of one view, then unit length: ``unit_rows((x - mean) @ weights + bias)``.

    Parameters
    ----------
    mean : ndarray (columns,)
        Taken from each row of raw columns.
    weights : ndarray (columns, dim)
    bias : ndarray (dim,)

    Examples
    --------
    >>> import numpy as np
    >>> from polycontrast.align import Head
    >>> head = Head(np.zeros(2), np.eye(2), np.zeros(2))
    >>> head(np.array([[3.0, 4.0]])).tolist()
    [[0.6, 0.8]]
    """

    mean: np.ndarray
    weights: np.ndarray
    bias: np.ndarray

    def __call__(self, x: Array) -> Array:
        """Aligned rows (rows, dim) in the floating dtype of `x`, each of length 1.

        Parameters
        ----------
        x : array (rows, columns)
            New rows of the view, of any array library. A row that maps to 0 stays 0.

        Raises
        ------
        BadInput
            When `x` has another number of columns, or an entry that is not finite.
        """
        return self.map(check_columns("Head: x", x, len(self.mean)))

    def map(self, x: Array) -> Array:
        """Aligned rows of an array that was checked."""
        return unit_rows(scores(x, self.mean, self.weights) + like(self.bias, x)[None, :])[0]


def scores(x: Array, mean: np.ndarray, matrix: np.ndarray) -> Array:
    """``(x - mean) @ matrix`` in the dtype of `x`, for columns of any size.

    Each column comes near 1 by a power of two, which the rows of the matrix give back: columns of
    1e30 have weights that float32 would round to nothing.
    """
    if isinstance(x, StreamedRows):
        return x.then(lambda block: scores(block, mean, matrix), matrix.shape[1])
    largest = np.max(np.abs(matrix), axis=1, initial=0.0)
    scale = np.ldexp(1.0, np.frexp(largest)[1])

    def product() -> Array:
        centred = (x - like(mean, x)[None, :]) * like(scale, x)[None, :]
        return centred @ like(matrix / scale[:, None], x)

    quick = x.shape[0] * matrix.size <= QUICK_UP_TO
    return product() if quick else interruptible(product)


def save_heads(path: Path, heads: dict[str, Head]) -> None:
    """Write heads as ``<view>/mean``, ``<view>/weights`` and ``<view>/bias`` of one .npz file."""
    parts: dict[str, Any] = {
        f"{view}/{part}": getattr(head, part) for view, head in heads.items() for part in PARTS
    }
    np.savez_compressed(path, **parts)


def load_heads(path: str | Path) -> dict[str, Head]:
    """Read the heads that ``polycontrast align`` wrote, by view.

    Parameters
    ----------
    path : str or Path
        The file ``heads.npz`` in the folder of the results.

    Returns
    -------
    dict of str to Head
        The map of each view, by the name of the view.

    Raises
    ------
    BadInput
        When the file is damaged, or holds something else.

    Examples
    --------
    ``load_heads("aligned/heads.npz")["pixel"](x)`` maps new rows `x` of that view.
    """
    stored = read_arrays(Path(path))
    views = dict.fromkeys(key.rpartition("/")[0] for key in stored)
    strange = [key for key in stored if key.rpartition("/")[2] not in PARTS or "/" not in key]
    if strange or not views:
        held = f"an array {strange[0]!r}" if strange else "nothing"
        raise BadInput(f"load_heads: {path}: must hold <view>/mean, weights and bias; got {held}")
    heads = {view: _head(f"load_heads: {path}: {view}", stored, view) for view in views}
    spaces = {view: len(head.bias) for view, head in heads.items()}
    if len(set(spaces.values())) > 1:
        raise BadInput(f"load_heads: {path}: heads must map into one space; got {spaces}")
    return heads


def _head(what: str, stored: dict[str, np.ndarray], view: str) -> Head:
    missing = [part for part in PARTS if f"{view}/{part}" not in stored]
    if missing:
        raise BadInput(f"{what} has no {missing[0]}")
    mean, weights, bias = (stored[f"{view}/{part}"] for part in PARTS)
    for name, part in zip(PARTS, (mean, weights, bias), strict=True):
        if part.dtype.kind not in "iuf" or not np.isfinite(part).all():
            raise BadInput(f"{what}/{name} must hold finite numbers; got {part.dtype}")
    fits = mean.ndim == bias.ndim == 1 and weights.shape == (len(mean), len(bias))
    if not fits or 0 in weights.shape:
        got = ", ".join(str(part.shape) for part in (mean, weights, bias))
        raise BadInput(f"{what} must have a mean (n,), weights (n, d) and a bias (d,); got {got}")
    return Head(mean, weights, bias)

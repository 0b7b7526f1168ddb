"""The learned maps, one a view, from raw columns into the shared space."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from polycontrast.align.errors import BadInput
from polycontrast.align.hidden import Hidden
from polycontrast.align.inputs import check_columns
from polycontrast.align.interrupts import interruptible
from polycontrast.align.reading import read_arrays
from polycontrast.align.streams import StreamedRows
from polycontrast.arrays import Array, like, namespace
from polycontrast.calculus import unit_rows

QUICK_UP_TO = 10**9  # multiplications: done in less than a second
PARTS = ("mean", "weights", "bias")
LAYER = ("hidden_weights", "hidden_bias", "hidden_out")  # of heads with a hidden layer
STATE = "aligner"  # key of the state of an `Aligner`, a text beside the heads


@dataclass(frozen=True)
class Head:
    """Affine map of one view, then unit length: ``unit_rows((x - mean) @ weights + bias)``.

    Parameters
    ----------
    mean : ndarray (columns,)
        Taken from each row of raw columns.
    weights : ndarray (columns, dim)
    bias : ndarray (dim,)
    hidden : Hidden, optional
        Hidden layer: ``tanh((x - mean) @ hidden.weights + hidden.bias) @ hidden.out`` is added
        before the rows are scaled to unit length. Default: none, a linear head.

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
    hidden: Hidden | None = None

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

    @property
    def scale(self) -> np.ndarray:
        """Powers of two (columns,) that bring the columns of ``x - mean`` near 1."""
        return column_scale(self.weights)

    def map(self, x: Array) -> Array:
        """Aligned rows of an array that was checked."""
        z = scores(x, self.mean, self.weights) + like(self.bias, x)[None, :]
        if self.hidden is not None:
            layer = self.hidden
            before = scores(x, self.mean, layer.weights) + like(layer.bias, x)[None, :]
            z = z + namespace(x).tanh(before) @ like(layer.out, x)
        return unit_rows(z)[0]


def scores(x: Array, mean: np.ndarray, matrix: np.ndarray) -> Array:
    """``(x - mean) @ matrix`` in the dtype of `x`, for columns of any size.

    The rows of the matrix give back what the scale of the columns took: columns of 1e30 have
    weights that float32 would round to nothing.
    """
    if isinstance(x, StreamedRows):
        return x.then(lambda block: scores(block, mean, matrix), matrix.shape[1])
    scale = column_scale(matrix)

    def product() -> Array:
        centred = (x - like(mean, x)[None, :]) * like(scale, x)[None, :]
        return centred @ like(matrix / scale[:, None], x)

    quick = x.shape[0] * matrix.size <= QUICK_UP_TO
    return product() if quick else interruptible(product)


def column_scale(matrix: np.ndarray) -> np.ndarray:
    """A power of two for each row of a matrix, above its largest entry by a factor of up to 2."""
    largest = np.max(np.abs(matrix), axis=1, initial=0.0)
    return np.ldexp(1.0, np.frexp(largest)[1])


def save_heads(path: Path, heads: dict[str, Head], state: str | None = None) -> None:
    """Write heads as ``<view>/mean``, ``<view>/weights`` and ``<view>/bias`` of one .npz file."""
    parts: dict[str, Any] = {
        f"{view}/{part}": getattr(head, part) for view, head in heads.items() for part in PARTS
    }
    for view, head in heads.items():
        if head.hidden is not None:
            held = (head.hidden.weights, head.hidden.bias, head.hidden.out)
            parts |= {f"{view}/{name}": x for name, x in zip(LAYER, held, strict=True)}
    if state is not None:
        parts[STATE] = np.asarray(state)
    with path.open("wb") as file:  # NumPy would add .npz to a name without it
        np.savez_compressed(file, **parts)


def load_heads(path: str | Path) -> dict[str, Head]:
    """Read the heads that ``polycontrast align`` or `Aligner.save` wrote, by view.

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
    stored.pop(STATE, None)
    return heads_of(f"load_heads: {path}", stored)


def heads_of(what: str, stored: dict[str, np.ndarray]) -> dict[str, Head]:
    """Heads of the arrays of a file; messages begin with `what`."""
    views = dict.fromkeys(key.rpartition("/")[0] for key in stored)
    strange = [
        key for key in stored if key.rpartition("/")[2] not in PARTS + LAYER or "/" not in key
    ]
    if strange or not views:
        held = f"an array {strange[0]!r}" if strange else "nothing"
        raise BadInput(f"{what}: must hold <view>/mean, weights and bias; got {held}")
    heads = {view: _head(f"{what}: {view}", stored, view) for view in views}
    spaces = {view: len(head.bias) for view, head in heads.items()}
    if len(set(spaces.values())) > 1:
        raise BadInput(f"{what}: heads must map into one space; got {spaces}")
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
    head = Head(mean, weights, bias)
    if not any(f"{view}/{part}" in stored for part in LAYER):
        return head
    return replace(head, hidden=_layer(what, stored, view, weights.shape))


def _layer(what: str, stored: dict[str, np.ndarray], view: str, shape: tuple[int, ...]) -> Hidden:
    """The hidden layer of a head whose weights have this shape."""
    missing = [part for part in LAYER if f"{view}/{part}" not in stored]
    if missing:
        raise BadInput(f"{what} has no {missing[0]}")
    weights, bias, out = (stored[f"{view}/{part}"] for part in LAYER)
    for name, part in zip(LAYER, (weights, bias, out), strict=True):
        if part.dtype.kind not in "iuf" or not np.isfinite(part).all():
            raise BadInput(f"{what}/{name} must hold finite numbers; got {part.dtype}")
    hidden = bias.shape[0] if bias.ndim == 1 else 0
    if not hidden or (weights.shape, out.shape) != ((shape[0], hidden), (hidden, shape[1])):
        got = ", ".join(str(part.shape) for part in (weights, bias, out))
        raise BadInput(
            f"{what} must have hidden_weights ({shape[0]}, h), a hidden_bias (h,) and hidden_out "
            f"(h, {shape[1]}); got {got}"
        )
    return Hidden(weights, bias, out)

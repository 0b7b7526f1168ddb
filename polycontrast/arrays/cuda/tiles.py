"""Fused kernels of a tile: each makes one pass over the scores.

A tile is a contiguous matrix of scores without the offsets of its rows and columns. The kernel adds
the offsets. Functions of scores are found by name, as the kernels are.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from polycontrast.arrays.cuda import launching
from polycontrast.arrays.cuda.launching import FOLDED, PATCH, THREADS
from polycontrast.arrays.namespaces import Array

Sides = tuple[Array | None, Array | None]
"""One vector for the rows and one for the columns; each may be None."""
NEITHER: Any = (None, None)
Wanted = tuple[bool, bool]
FUNCTIONS = ("exponential", "softplus", "softmax")
"""Names of the functions of scores that have kernels."""


class Room:
    """Memory that the tiles of a walk use one after another, in the order of their stream.

    A walk allocates it once, so that the host does little for each tile.
    """

    def __init__(self) -> None:
        self._whole: dict[str, Array] = {}
        self._arrays: dict[tuple[str, tuple[int, ...]], Array] = {}

    def take(self, name: str, shape: tuple[int, ...], dtype: Any) -> Array:
        """Memory of this name; arrays that were taken by this name before share it."""
        found = self._arrays.get((name, shape))
        if found is None:
            size, whole = math.prod(shape), self._whole.get(name)
            if whole is None or whole.size < size:
                self._arrays = {k: t for k, t in self._arrays.items() if k[0] != name}
                whole = self._whole[name] = launching.empty(size, dtype)
            found = self._arrays[name, shape] = whole[:size].reshape(shape)
        return found


class Visit(NamedTuple):
    """The results of one pass; None for those that were not requested."""

    values: Sides
    """Sums of the function over each row and each column."""
    weights: Array | None
    """dL/dscores."""
    sums: Sides
    """Sums of the weights over each row and each column."""


class Peaks(NamedTuple):
    """Maxima, and sums of exponentials relative to them."""

    tops: Array
    totals: Array


def visit(
    function: str,
    scores: Array,
    offsets: Sides = NEITHER,
    *,
    factors: Sides = NEITHER,
    lse: Sides = NEITHER,
    weights: Array | None = None,
    values: Wanted = (False, False),
    sums: Wanted = (False, False),
    room: Room | None = None,
) -> Visit:
    """Sums of a function of the scores, and the weights of its derivative.

    Parameters
    ----------
    function : {"exponential", "softplus", "softmax"}
        "softmax" is the derivative of log-sum-exps. It has no values.
    scores : array (n, m)
    offsets, factors, lse : (rows, columns)
        Offsets are added to the scores. Factors are the cotangents u and v in ``f'(s) (u + v)``.
        `lse` are the log-sum-exps in ``u exp(s - lse_row) + v exp(s - lse_column)``.
    weights : array (n, m), optional
        Memory for the weights; it may be the scores themselves. An array of 16-bit integers gets
        the bits of bfloat16 numbers.
    values, sums : (bool, bool)
        Whether to return sums over each row and each column, of the function and of the weights.
    room : Room, optional
        Memory for results of patches.

    Returns
    -------
    Visit
    """
    n, m = scores.shape
    name = f"{function}_{scores.dtype}"
    if weights is not None and weights.dtype != scores.dtype:
        name += "_bfloat16"
    patches = _patches(n, m)
    room = Room() if room is None else room
    of_values = _parts(scores, values, room, "values")
    of_sums = _parts(scores, sums, room, "sums")
    given = [_vector(t, scores) for t in (*offsets, *factors, *lse)]
    launching.launch(
        name, patches, scores, *given[:2], n, m, *given[2:], weights, *of_values, *of_sums
    )
    return Visit(_folded(of_values), weights, _folded(of_sums))


def peaks(
    scores: Array, offsets: Sides = NEITHER, columns: bool = True, room: Room | None = None
) -> tuple[Peaks, Peaks | None]:
    """Maximum and relative sum of exponentials of each row and, optionally, each column."""
    n, m = scores.shape
    wanted, room = (True, columns), Room() if room is None else room
    tops = _parts(scores, wanted, room, "tops")
    totals = _parts(scores, wanted, room, "totals")
    given = [_vector(t, scores) for t in offsets]
    results = tops[0], totals[0], tops[1], totals[1]
    launching.launch(f"peaks_{scores.dtype}", _patches(n, m), scores, *given, n, m, *results)
    rows, cols = (_folded_peaks(*pair) for pair in zip(tops, totals, strict=True))
    assert rows is not None
    return rows, cols


def merged(one: Peaks, other: Peaks) -> Peaks:
    """Peaks of the union of two parts, in the memory of the first."""
    (length,) = one[0].shape
    launching.launch(f"merge_peaks_{one[0].dtype}", _threads(length), *one, *other, length)
    return one


def rounded(x: Array) -> Array:
    """Bits of the nearest bfloat16 numbers; CuPy has no dtype for them."""
    x = _contiguous(x)
    bits = launching.empty(x.shape, np.uint16)
    launching.launch("round_bfloat16", _threads(x.size), x, x.size, bits)
    return bits


def _patches(n: int, m: int) -> tuple[int, int]:
    """Patches below each other, and beside each other."""
    return math.ceil(n / PATCH[0]), math.ceil(m / PATCH[1])


def _threads(count: int) -> tuple[int]:
    return (math.ceil(count / THREADS),)


def _folds(count: int) -> tuple[int]:
    return (math.ceil(count / FOLDED),)


def _contiguous(t: Array) -> Array:
    return t if t.flags.c_contiguous else t.copy()


def _vector(t: Array | None, scores: Array) -> Array | None:
    """A contiguous vector in the dtype that the kernel reads."""
    if t is None:
        return None
    return _contiguous(t.reshape(-1).astype(scores.dtype, copy=False))


def _parts(scores: Array, wanted: Wanted, room: Room, name: str) -> Sides:
    """Memory for results per patch, (patches, rows) and (patches, columns)."""
    n, m = scores.shape
    down, across = _patches(n, m)
    of_rows = room.take(f"{name} of rows", (across, n), scores.dtype) if wanted[0] else None
    of_columns = room.take(f"{name} of columns", (down, m), scores.dtype) if wanted[1] else None
    return of_rows, of_columns


def _folded(parts: Sides) -> Sides:
    """Sums over the patches."""
    return tuple(map(_folded_side, parts))  # type: ignore[return-value]


def _folded_side(parts: Array | None) -> Array | None:
    if parts is None:
        return None
    count, length = parts.shape
    out = launching.empty(length, parts.dtype)
    launching.launch(f"fold_sums_{parts.dtype}", _folds(length), parts, count, length, out)
    return out


def _folded_peaks(tops: Array | None, totals: Array | None) -> Peaks | None:
    """Peaks over the patches, in natural units; so a single patch is folded too."""
    if tops is None or totals is None:
        return None
    count, length = tops.shape
    out = Peaks(launching.empty(length, tops.dtype), launching.empty(length, tops.dtype))
    name = f"fold_peaks_{tops.dtype}"
    launching.launch(name, _folds(length), tops, totals, count, length, *out)
    return out

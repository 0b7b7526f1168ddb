"""Rows of unit length that are not stored: kernels make them from a matrix when they are read."""

import math
from typing import Any

import numpy as np

from polycontrast.arrays.cuda import launching
from polycontrast.arrays.namespaces import Array

PER_BLOCK = launching.THREADS // 32
"""Rows of a block: each has a warp."""


class UnitRows:
    """Directions of the rows of a matrix, which stays in memory with two numbers for each row.

    It is no array: code that does not know it fails. `dense` makes an array of it.

    Parameters
    ----------
    x : CuPy array (..., samples, depth)
        The matrix, float32 or float64. It must not change while the directions are in use.
    """

    def __init__(self, x: Array):
        x = _contiguous(x)
        self._parts = x, *(launching.empty(x.shape[:-1], x.dtype) for _ in range(2))
        _launch("lengths", *self._parts)

    @property
    def like(self) -> Array:
        """An array of the same shape, dtype and device."""
        return self._parts[0]

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the rows."""
        return tuple(self.like.shape)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return int(self.like.ndim)

    def as_view(self) -> "UnitRows":
        """The same with an axis of views, of which there is one."""
        made = object.__new__(UnitRows)
        made._parts = tuple(t[None, ...] for t in self._parts)
        return made

    def dense(self) -> Array:
        """All rows, as a new array."""
        return _directions(*self._parts)

    def part(
        self, first: int, last: int, scale: Array | None = None, rounded: bool = False
    ) -> Array:
        """Rows of these samples, times a scale, as one matrix.

        Parameters
        ----------
        first, last : int
            The first sample, and the last plus one.
        scale : 0-d array, optional
        rounded : bool, default False
            Whether to return the bits of the nearest bfloat16 numbers.
        """
        samples = (slice(None),) * (self.ndim - 2) + (slice(first, last),)
        x, peaks, lengths = (_contiguous(t[samples]) for t in self._parts)
        made = _directions(x, peaks, lengths, scale, rounded)
        return made.reshape(-1, made.shape[-1])

    def back(self, g: Array, overwrite: bool = False) -> Array:
        """The gradient of the matrix from that of the rows, in its place with `overwrite`."""
        g = _contiguous(g)
        out = g if overwrite else launching.empty(g.shape, g.dtype)
        _launch("tangents", g, *self._parts, out)
        return out


def dense(x: Any) -> Any:
    """Rows as an array, a new one if they are not stored."""
    return x.dense() if isinstance(x, UnitRows) else x


def prototype(x: Any) -> Any:
    """An array of the shape, dtype and device of the rows, with other numbers."""
    return x.like if isinstance(x, UnitRows) else x


def _directions(
    x: Array, peaks: Array, lengths: Array, scale: Array | None = None, rounded: bool = False
) -> Array:
    out = launching.empty(x.shape, np.uint16 if rounded else x.dtype)
    scale = None if scale is None else scale.astype(x.dtype, copy=False)
    _launch("directions", x, peaks, lengths, scale, out, kind="_bfloat16" if rounded else "")
    return out


def _launch(name: str, first: Array, *others: Array | None, kind: str = "") -> None:
    """Start a kernel with a warp for each row of the first array."""
    depth = first.shape[-1]
    rows = first.size // depth if depth else 0
    if rows:
        grid = (math.ceil(rows / PER_BLOCK),)
        launching.launch(f"{name}_{first.dtype}{kind}", grid, rows, depth, first, *others)


def _contiguous(t: Array) -> Array:
    return t if t.flags.c_contiguous else t.copy()

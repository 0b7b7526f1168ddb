"""Images (..., H, W): means under a window, and halves of their size."""

from collections.abc import Callable
from typing import NamedTuple

from polycontrast.arrays import Array, as_index, device, namespace, transpose

BLOCK = 64  # entries that one product makes: the band of a longer one is zeros for the most part


class _Block(NamedTuple):
    """A product that makes some entries of an axis from the entries ``start`` to ``stop``."""

    start: int
    stop: int
    matrix: Array


class GaussianWindow:
    """A Gaussian window that moves inside of an image.

    It has the weights ``exp(-(i - size // 2)^2 / (2 sigma^2))`` along both axes, and sum 1. Means
    under the window are products with banded matrices, and the adjoint of the means has their
    transposes. Long axes are divided into blocks.

    Parameters
    ----------
    like : array (..., H, W)
        An image.
    size : int
        At most H and W.
    sigma : float
    """

    def __init__(self, like: Array, size: int, sigma: float):
        xp = namespace(like)
        place = xp.arange(size, dtype=like.dtype, device=device(like)) - size // 2
        weights = xp.exp(-(place * place) / (2 * sigma**2))
        self.weights = weights / xp.sum(weights)
        axes = like.shape[-2:]
        self._forwards = [self._blocks(n, n - size + 1, adjoint=False) for n in axes]
        self._backwards = [self._blocks(n - size + 1, n, adjoint=True) for n in axes]

    def means(self, x: Array) -> Array:
        """Means at all positions: from (..., H, W) to (..., H - size + 1, W - size + 1)."""
        return _product(x, *self._forwards)

    def adjoint(self, g: Array) -> Array:
        """From the gradient by the means to that by the image."""
        return _product(g, *self._backwards)

    def _blocks(self, given: int, made: int, adjoint: bool) -> list[_Block]:
        """Blocks that make so many entries of an axis from those that are given.

        Mean k has weight i for entry ``k + i``. In the adjoint, entry k has weight i for mean
        ``k - i``.
        """
        size, found = self.weights.shape[0], []
        before, after = (size - 1, 0) if adjoint else (0, size - 1)
        for first in range(0, made, BLOCK):
            last = min(first + BLOCK, made)
            start, stop = max(0, first - before), min(given, last + after)
            matrix = self._band(range(first, last), range(start, stop), -1 if adjoint else 1)
            found.append(_Block(start, stop, matrix))
        return found

    def _band(self, rows: range, columns: range, sign: int) -> Array:
        """Matrix with weight i where the column is ``row + sign i``."""
        xp, where, size = namespace(self.weights), device(self.weights), self.weights.shape[0]
        row, column = (
            as_index(xp.arange(r.start, r.stop, dtype=xp.int32, device=where))
            for r in (rows, columns)
        )
        place = sign * (column[None, :] - row[:, None])
        inside = (place >= 0) & (place < size)
        index = xp.reshape(xp.where(inside, place, xp.zeros_like(place)), (-1,))
        weights = xp.reshape(xp.take(self.weights, index, axis=0), (len(rows), len(columns)))
        return xp.where(inside, weights, 0.0)


def _product(x: Array, down: list[_Block], across: list[_Block]) -> Array:
    """Products with the blocks of both axes."""
    xp, (*others, height, width) = namespace(x), x.shape
    x = xp.reshape(x, (-1, width))
    x = _joined([x[:, b.start : b.stop] @ transpose(b.matrix) for b in across], axis=-1)
    x = xp.reshape(x, (*others, height, x.shape[-1]))
    return _joined([xp.matmul(b.matrix, x[..., b.start : b.stop, :]) for b in down], axis=-2)


def _joined(parts: list[Array], axis: int) -> Array:
    return parts[0] if len(parts) == 1 else namespace(parts[0]).concat(parts, axis=axis)


def halved(x: Array) -> tuple[Array, Callable[[Array], Array]]:
    """Means of squares of 2 x 2 pixels; back, a quarter of each to the four.

    An odd height or width gets one row or column of zeros at its start first.

    Parameters
    ----------
    x : array (..., H, W)

    Returns
    -------
    means : array (..., ceil(H / 2), ceil(W / 2))
    back : callable
        From dL/dmeans to dL/dx.
    """
    xp, (height, width) = namespace(x), x.shape[-2:]
    down, across = height % 2, width % 2
    if down:
        x = xp.concat([xp.zeros_like(x[..., :1, :]), x], axis=-2)
    if across:
        x = xp.concat([xp.zeros_like(x[..., :1]), x], axis=-1)
    *others, tall, wide = x.shape
    squares = (*others, tall // 2, 2, wide // 2, 2)

    def back(g: Array) -> Array:
        spread = xp.broadcast_to((g / 4)[..., :, None, :, None], squares)
        return xp.reshape(spread, (*others, tall, wide))[..., down:, across:]

    return xp.mean(xp.reshape(x, squares), axis=(-3, -1)), back

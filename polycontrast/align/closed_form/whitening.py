"""Whitening of one view on its training rows."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from polycontrast.align.closed_form.eigen import leading_eigenvectors
from polycontrast.align.errors import BadInput
from polycontrast.align.heads import Head, scores
from polycontrast.align.hidden import Hidden, Layer
from polycontrast.align.interrupts import interruptible
from polycontrast.align.streams import StreamedRows
from polycontrast.align.streams.moments import moments
from polycontrast.arrays import Array, like, namespace, to_numpy, transpose

# Directions with less variance than this share of the largest are rounding noise.
RANK_TOLERANCE = 1e-10

# A column's spread keeps this factor from the largest number of its dtype, and its inverse from
# the smallest: the weights of its head are about the inverse of its spread.
SLACK = 1e-4


@dataclass(frozen=True)
class Whitening:
    """An affine map to uncorrelated coordinates: ``(x - mean) @ matrix``.

    Parameters
    ----------
    mean : ndarray (columns,)
    matrix : ndarray (columns, rank)
        Standardises the columns, rotates to principal directions and scales each by
        ``1 / sqrt(variance + ridge)``.
    constant : tuple of int
        Columns that do not vary; their rows of `matrix` are zero.
    variance : ndarray (rank,)
        Of the standardised columns along each principal direction, in falling order.
    ridge : float
    deviation : ndarray (columns,)
        Of each raw column.
    """

    mean: np.ndarray
    matrix: np.ndarray
    constant: tuple[int, ...]
    variance: np.ndarray
    ridge: float
    deviation: np.ndarray

    @property
    def rank(self) -> int:
        """Number of directions that vary."""
        return self.matrix.shape[1]

    def __call__(self, x: Array) -> Array:
        """Whitened rows, in the dtype of `x`."""
        return scores(x, self.mean, self.matrix)

    def scale_to(self, ridge: float) -> np.ndarray:
        """Factors (rank,) from the coordinates of this ridge to those of another."""
        return np.sqrt((self.variance + self.ridge) / (self.variance + ridge))

    def with_ridge(self, ridge: float) -> "Whitening":
        """The whitening of the same rows by another ridge."""
        return replace(self, matrix=self.matrix * self.scale_to(ridge), ridge=ridge)

    def inverse(self) -> np.ndarray:
        """Matrix (rank, columns) from whitened rows to centred raw ones, as far as they vary."""
        unit = (self.matrix * self.deviation[:, None]).T  # near 1 whatever the unit of a column
        return (self.variance + self.ridge)[:, None] * unit * self.deviation

    def head(self, matrix: np.ndarray, outside: np.ndarray | float = 0.0) -> Head:
        """Head from raw columns, of a matrix (rank + 1, dim) for whitened rows that end in a 1.

        `outside` is the part of the head that raw columns have beside their whitened ones.
        """
        return Head(self.mean, self.matrix @ matrix[:-1] + outside, matrix[-1])

    def hidden(self, layer: Layer) -> Hidden:
        """Hidden layer for raw columns, of one for whitened rows that end in a 1."""
        return Hidden(self.matrix @ layer[0][:-1], layer[0][-1], layer[1])


def fit_whitening(x: Array, ridge: float, name: str = "view") -> Whitening:
    """Learn the whitening of a view from its rows.

    Parameters
    ----------
    x : array (rows, columns)
    ridge : float
        Added to the variance of every principal direction of the standardised columns (whose
        variances average 1), so that directions of little variance are not blown up.
    name : str
        What messages call the view.

    Raises
    ------
    BadInput
        When no column varies, or one by so much or so little that its map cannot be written.
    """
    if x.shape[0] == 0:
        raise BadInput(f"{name} has none of the training rows")
    if isinstance(x, StreamedRows):
        return _of_streamed(x, ridge, name)
    xp = namespace(x)
    limits = xp.finfo(x.dtype)
    x = xp.astype(x, xp.float64)
    rows = x.shape[0]
    # Columns near 1 by a power of two, which changes no digit: squares of 1e200 overflow.
    unit = np.ldexp(1.0, np.frexp(to_numpy(xp.max(xp.abs(x), axis=0)))[1] - 1)
    x = x / like(unit, x)[None, :]
    mean = to_numpy(xp.mean(x, axis=0))
    x = x - like(mean, x)[None, :]
    deviation = np.sqrt(to_numpy(xp.mean(x * x, axis=0)))
    scale = _scale(name, limits, unit, mean, deviation)
    x = x * like(scale, x)[None, :]
    principal = interruptible(lambda: _principal(x, rows))
    return _whitening(unit, mean, scale, principal, ridge)


def _of_streamed(x: StreamedRows, ridge: float, name: str) -> Whitening:
    """The same from the covariance of rows in a file."""
    unit, mean, covariance = moments(x)
    scale = _scale(name, np.finfo(x.dtype), unit, mean, np.sqrt(np.diag(covariance)))
    principal = leading_eigenvectors(scale[:, None] * covariance * scale)
    return _whitening(unit, mean, scale, principal, ridge)


def _scale(
    name: str, limits: Any, unit: np.ndarray, mean: np.ndarray, deviation: np.ndarray
) -> np.ndarray:
    """Inverse spread of each column, 0 for those that do not vary."""
    # Rounding leaves a constant column a deviation of some ulp of its level.
    varies = deviation > 1e-12 * np.abs(mean)
    if not varies.any():
        raise BadInput(f"{name} has no column that varies over the training rows")
    least, most = float(limits.smallest_normal) / SLACK, float(limits.max) * SLACK
    _check_spread(name, (deviation * unit)[varies], np.flatnonzero(varies), least, most)
    return np.divide(1.0, deviation, out=np.zeros_like(deviation), where=varies)


def _whitening(
    unit: np.ndarray,
    mean: np.ndarray,
    scale: np.ndarray,
    principal: tuple[np.ndarray, np.ndarray],
    ridge: float,
) -> Whitening:
    """The map from units, means, inverse spreads and principal directions of the columns."""
    variance, directions = principal
    kept = variance > RANK_TOLERANCE * variance[0]
    variance, directions = variance[kept], directions[:, kept]
    return Whitening(
        mean=mean * unit,
        matrix=(scale / unit)[:, None] * directions / np.sqrt(variance + ridge),
        constant=tuple(int(i) for i in np.flatnonzero(scale == 0)),
        variance=variance,
        ridge=ridge,
        deviation=np.divide(unit, scale, out=np.zeros_like(scale), where=scale > 0),
    )


def _check_spread(
    name: str, spread: np.ndarray, columns: np.ndarray, least: float, most: float
) -> None:
    wrong = np.flatnonzero(~((spread > least) & (spread < most)))
    if len(wrong):
        raise BadInput(
            f"{name}: column {columns[wrong[0]]} spreads over {spread[wrong[0]]:.3g}, which is "
            "too far from 1 to compute with; change its unit"
        )


def _principal(x: Array, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Variances in falling order, and directions, of centred rows."""
    if x.shape[1] <= rows:
        return leading_eigenvectors(to_numpy(transpose(x) @ x) / rows)
    # Fewer rows than columns: the eigenvectors v of x x^T give the directions x^T v / |x^T v|.
    variance, left = leading_eigenvectors(to_numpy(x @ transpose(x)) / rows)
    kept = variance > RANK_TOLERANCE * variance[0]
    variance, left = variance[kept], left[:, kept]
    directions = to_numpy(transpose(x) @ like(left, x))
    return variance, directions / np.sqrt(variance * rows)

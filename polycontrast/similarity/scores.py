"""Scores that are a function of inner products.

A score turns a tile of products into a tile of scores, and dL/dscores into dL/dproducts. Rows and
columns may have different scores of one tile, as in `RestMean`. The views of a column may become
one score, as in `Volume`.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from polycontrast.arrays import (
    Array,
    add_,
    divide_,
    fill_,
    is_numpy,
    multiplied,
    multiply_,
    namespace,
    safe_sqrt,
    safe_sqrt_,
    sum_of_products,
    sums,
)
from polycontrast.similarity.tiles.tile import Tile

Weights = tuple[Array, ...]
Pull = tuple[Array, Array, Array]


class Score(ABC):
    """A map from tiles of products to tiles of scores, and its pullback."""

    collapses = False
    """True where the views of a column become one score."""
    collapses_rows = False
    """True where those of a row do so too."""
    keeps = True
    """False where products are far more than scores: beyond one tile they are made again."""
    sums = False
    """True where `MatrixGradients` holds the row and column sums that `pull` returns."""

    @abstractmethod
    def forward(self, products: Array, tile: Any) -> tuple[Array, Array]:
        """Scores for the rows and for the columns; one object where they are the same."""

    @abstractmethod
    def pull(self, products: Array, weights: Weights, tile: Any) -> Pull:
        """dL/dproducts from dL/dscores, and the arrays to sum along rows and along columns.

        `weights` holds one array, or one for rows and one for columns where they differ.
        """

    def column_arrays(self) -> tuple[Array, ...]:
        """Arrays that the score holds of its columns, samples last; ranks exchange them."""
        return ()

    def with_columns(self, arrays: tuple[Array, ...]) -> "Score":
        """Return the same score for other columns."""
        return self


def over_length(weights: Array, length: Array) -> Array:
    """``weights / length``, and 0 where the length is 0: the subgradient of a norm at 0."""
    xp = namespace(length)
    if is_numpy(xp) and length.size and xp.min(length) > 0:
        return weights / length  # one test is cheaper than a choice for each entry
    return weights / fill_(xp.abs(length), length == 0, math.inf)


def over_length_(weights: Array, length: Array) -> Array:
    """The same of weights that are a temporary."""
    xp = namespace(length)
    if is_numpy(xp) and length.size and xp.min(length) > 0:
        return divide_(weights, length)
    return over_length(weights, length)


def over_root(weights: Array, squares: Array) -> Array:
    """``weights / sqrt(squares)``, and 0 where the root is 0."""
    return over_length(weights, safe_sqrt(squares))


class Root(Score):
    """``S = sign * sqrt(V)``: a length, or minus a distance.

    Parameters
    ----------
    sign : {1, -1}
    squares : callable, optional
        Takes a tile and its products, and returns V. Default: the products are V.
    """

    def __init__(self, sign: int, squares: Callable[[Array, Any], Array] | None = None):
        self.sign, self.squares = sign, squares

    def forward(self, products: Array, tile: Any) -> tuple[Array, Array]:
        """Roots."""
        squares = products if self.squares is None else self.squares(products, tile)
        scores = self.sign * safe_sqrt(squares)
        return scores, scores

    def pull(self, products: Array, weights: Weights, tile: Any) -> Pull:
        """``dS/dV = sign / (2 sqrt(V))``."""
        squares = products if self.squares is None else self.squares(products, tile)
        on_products = over_root(weights[0], squares) * (self.sign / 2)
        return on_products, on_products, on_products


class RestMean(Score):
    """Scores against the means of each sample's other views, in a symmetric matrix of all views.

    With ``T[a, i] = share[i] sum_{b != a} z[b, i]`` the scores ``<z, T>`` are block sums of the
    Gram matrix of z, over the candidate's views. The candidates of the rows are the columns, those
    of the columns are the rows. The sum over the other views is its own transpose.

    Parameters
    ----------
    share : array (B,)
        One over the number of other views of each sample.
    column_share : array, optional
        The same for the columns, where these are other samples than the rows.
    """

    def __init__(self, share: Array, column_share: Array | None = None):
        self.share = share
        self.column_share = share if column_share is None else column_share

    def _others(self, t: Array, tile: Tile, axis: int) -> Array:
        """Shares of the sums over the other views of the rows (axis 0) or columns (axis 2)."""
        xp = namespace(t)
        if axis == 0:
            share = xp.reshape(tile.of_rows(self.share), (1, -1, 1, 1))
        else:
            share = xp.reshape(tile.of_columns(self.column_share), (1, 1, 1, -1))
        views = xp.reshape(t, tile.shape)
        views = (xp.sum(views, axis=axis, keepdims=True) - views) * share
        return xp.reshape(views, tuple(t.shape))

    def forward(self, products: Array, tile: Tile) -> tuple[Array, Array]:
        """Scores of rows against the columns' means, and of columns against the rows' means."""
        return self._others(products, tile, 2), self._others(products, tile, 0)

    def pull(self, products: Array, weights: Weights, tile: Tile) -> Pull:
        """dL/dproducts of both directions together: the products are the same."""
        both = self._others(weights[0], tile, 2) + self._others(weights[1], tile, 0)
        return both, both, both

    def column_arrays(self) -> tuple[Array, ...]:
        """Shares of the columns."""
        return (self.column_share,)

    def with_columns(self, arrays: tuple[Array, ...]) -> "RestMean":
        """Other shares."""
        return RestMean(self.share, arrays[0])


class Volume(Score):
    """Minus the volume of a row with a tuple of columns, times a scale.

    With an orthonormal basis q_b of the tuple's span, its volume h and the products
    ``P_b = <x, q_b>``, the volume is ``h rho`` with ``rho^2 = |x|^2 - sum_b P_b^2``.

    Parameters
    ----------
    squares : array (B,)
        ``|x|^2`` of the rows.
    heights : array (B,)
        Volumes h of the columns' tuples.
    scale : 0-d array
    """

    collapses = True
    sums = True

    def __init__(self, squares: Array, heights: Array, scale: Array):
        self.squares, self.heights, self.scale = squares, heights, scale
        self.rounding = 8 * namespace(squares).finfo(squares.dtype).eps

    def _rho(self, products: Array, tile: Tile) -> tuple[Array, Array]:
        """Products of each basis vector (rows, k, columns), and a temporary with rho."""
        p = namespace(products).reshape(products, tile.shape[1:])
        total = multiplied(p[:, 0, :], p[:, 0, :])
        for b in range(1, p.shape[1]):
            total = add_(total, multiplied(p[:, b, :], p[:, b, :]))
        squares = tile.of_rows(self.squares)[:, None]
        rho_squared = add_(multiply_(total, -1), squares)
        # A difference as small as the rounding of the squares is 0: a root would enlarge it.
        return p, safe_sqrt_(fill_(rho_squared, rho_squared <= self.rounding * squares, 0))

    def forward(self, products: Array, tile: Tile) -> tuple[Array, Array]:
        """``-scale h rho``."""
        _, rho = self._rho(products, tile)
        scores = multiply_(rho, -self.scale * tile.of_columns(self.heights)[None, :])
        return scores, scores

    def pull(self, products: Array, weights: Weights, tile: Tile) -> Pull:
        """``dS/dP_b = scale h P_b / rho``; row sums are dL/d|x|^2, column sums dL/dlog h."""
        p, rho = self._rho(products, tile)
        heights = self.scale * tile.of_columns(self.heights)[None, :]
        w = multiplied(weights[0], heights)
        on_log_heights = -sum_of_products(w, rho, 0)
        w = over_length_(w, rho)
        on_products = namespace(p).reshape(multiplied(w[:, None, :], p), tuple(products.shape))
        return on_products, sums(w, 1) / -2, on_log_heights

    def column_arrays(self) -> tuple[Array, ...]:
        """Volumes of the columns' tuples."""
        return (self.heights,)

    def with_columns(self, arrays: tuple[Array, ...]) -> "Volume":
        """Other tuples."""
        return Volume(self.squares, arrays[0], self.scale)


Side = tuple[Array | None, Array | None]


class PerAnchor(Score):
    """Scores ``slope_i P_ij + shift_i`` for row i, and ``slope_j P_ij + shift_j`` for column j.

    One tile of products P serves both directions. Each anchor has a normaliser of its own and, with
    a slope, a temperature of its own. With slopes the row sums that `pull` returns are dL/dslope of
    the rows, and the column sums those of the columns.

    Parameters
    ----------
    rows : (slope, shift)
        Arrays (B,); the slope may be None, for 1.
    columns : (slope, shift), optional
        The same of the columns. Default: those of the rows, for a symmetric matrix.
    """

    def __init__(self, rows: Side, columns: Side | None = None):
        self.rows, self.columns = rows, rows if columns is None else columns
        self.sums = rows[0] is not None

    def _of_rows(self, tile: Tile) -> list[Array | None]:
        return [None if t is None else tile.of_rows(t)[:, None] for t in self.rows]

    def _of_columns(self, tile: Tile) -> list[Array | None]:
        return [None if t is None else tile.of_columns(t)[None, :] for t in self.columns]

    def forward(self, products: Array, tile: Tile) -> tuple[Array, Array]:
        """Scores of each side, out of place: the products may be kept."""
        return (
            _line(products, *self._of_rows(tile)),
            _line(products, *self._of_columns(tile)),
        )

    def pull(self, products: Array, weights: Weights, tile: Tile) -> Pull:
        """``dL/dP = slope_i W_i + slope_j W_j``."""
        on_rows, on_columns = weights
        if not self.sums:
            total = on_rows + on_columns
            return total, total, total
        row_slope, column_slope = self._of_rows(tile)[0], self._of_columns(tile)[0]
        total = on_rows * row_slope + on_columns * column_slope
        return total, on_rows * products, on_columns * products

    def column_arrays(self) -> tuple[Array, ...]:
        """Slopes, if there are any, and shifts of the columns."""
        return tuple(t for t in self.columns if t is not None)

    def with_columns(self, arrays: tuple[Array, ...]) -> "PerAnchor":
        """Other columns."""
        slope, shift = arrays if self.sums else (None, *arrays)
        return PerAnchor(self.rows, (slope, shift))


def _line(products: Array, slope: Array | None, shift: Any) -> Array:
    return products + shift if slope is None else add_(products * slope, shift)

"""A matrix of similarities as data: its entries, and the gradients of its parts."""

from typing import Any, NamedTuple

from polycontrast import arrays
from polycontrast.arrays import Array
from polycontrast.similarity.companion import Companion
from polycontrast.similarity.rules.pairs import Every, Rule
from polycontrast.similarity.scores import Score
from polycontrast.similarity.tiles.tile import Tile

Offsets = tuple[Array | None, Array | None]


class MatrixGradients(NamedTuple):
    """Gradients of the rows, the columns and the offsets of a matrix."""

    x: Array
    """dL/dx; of both sides together where the matrix is symmetric."""
    y: Array
    """dL/dy; None where the matrix is symmetric, or `y` is held."""
    of_rows: Array
    """dL/d(row offsets), if there are offsets; of both sides where the matrix is symmetric."""
    of_columns: Array
    """dL/d(column offsets), likewise; None where the matrix is symmetric."""
    companion: Any = None
    """The same of a companion that is not held; None where there is none."""


def gradients_of_companion(x: Array, y: Array) -> MatrixGradients:
    """Those of its rows and columns."""
    return MatrixGradients(x, y, None, None)


class Matrix:
    """A matrix ``S[i, j] = score(scale <x_i, y_j> + r_i + c_j)`` that is not computed yet.

    Parameters
    ----------
    x : array (B, D) or (M, B, D), or UnitRows
        Rows of B samples, or of M views of B samples.
    y : array, UnitRows or None
        The other side, with as many axes. None for a symmetric matrix, whose columns are its rows.
    scale : 0-d array
    pairs : Rule or None
        Pairs that count; None for all.
    offsets : (rows, columns)
        Arrays to add along rows and along columns; either may be None.
    score : Score or None
        Map from tiles of products to tiles of scores.
    everywhere : bool, default False
        Where ranks share a batch: `y` is the same on all of them, and does not travel.
    companion : Companion or None
        Other products of the same samples, for rules and statistics.
    held_columns : bool, default False
        Whether `y` is constant, without a gradient.
    starts, apart
        As in `Tile`, for a block of a matrix that ranks share.
    """

    def __init__(
        self,
        x: Array,
        y: Array | None,
        scale: Array,
        pairs: Rule | None = None,
        offsets: Offsets = (None, None),
        score: Score | None = None,
        everywhere: bool = False,
        companion: Companion | None = None,
        held_columns: bool = False,
        starts: tuple[Any, Any] = (0, 0),
        apart: bool = False,
    ):
        self.symmetric = y is None
        self.x_shape = self.shape = tuple(x.shape[:-1])
        """Shapes of the samples of `x`, and of a statistic of the rows."""
        self.y_shape = self.column_shape = self.shape if y is None else tuple(y.shape[:-1])
        """The same of the columns."""
        self.x = _with_views(x)
        self.y = self.x if y is None else _with_views(y)
        self.like = arrays.prototype(self.x)
        """An array of the library, dtype and device of the matrix, in the shape of `x`."""
        self.xp = arrays.namespace(self.like)
        self.row_views, self.column_views = views = self.views
        """Views in a statistic of the rows and of the columns: 1 where they become one score."""
        self.scales_rows = y is None or views[0] * x.shape[-2] <= views[1] * y.shape[-2]
        """True where the operands of products hold the scale in the rows, which are no more."""
        if score is not None and score.collapses:
            self.column_shape, self.column_views = self.column_shape[1:], 1
        if score is not None and score.collapses_rows:
            self.shape, self.row_views = self.shape[1:], 1
        self.scale, self.offsets, self.score = scale, offsets, score
        self.pairs = Every() if pairs is None else pairs
        self.companion, self.held_columns = companion, held_columns
        if self.symmetric and self.pairs.sided:
            raise TypeError("pairs: in a symmetric matrix a rule of one side needs a Reading")
        self.has_sums = _any(offsets) or (score is not None and score.sums)
        """True where gradients include sums along rows and columns."""
        self.everywhere, self.starts, self.apart = everywhere, starts, apart

    def store(self) -> None:
        """Make arrays of rows and columns that are not stored, for walks that need them whole."""
        x = arrays.dense(self.x)
        self.x, self.y = x, x if self.symmetric else arrays.dense(self.y)

    @property
    def views(self) -> tuple[int, int]:
        """Views of a sample in the rows and in the columns."""
        return self.x.shape[0], self.y.shape[0]

    @property
    def samples(self) -> tuple[int, int]:
        """Samples of the rows and of the columns."""
        return self.x.shape[1], self.y.shape[1]

    def scaled(self) -> tuple[Array, Array]:
        """Rows and columns whose products are the scores.

        In a symmetric matrix both sides have half of the scale. A score and its mirror image, which
        one tile holds for both, are then products of the same operands and are rounded alike.
        """
        of_rows, of_columns = self.scales()
        x = self.x if of_rows is None else self.x * of_rows
        if self.symmetric:
            return x, x
        return x, self.y if of_columns is None else self.y * of_columns

    def scales(self) -> tuple[Array | None, Array | None]:
        """Factors of the rows and of the columns in `scaled`; None for 1."""
        if self.symmetric:
            root = self.xp.sqrt(self.scale)
            return root, root
        return (self.scale, None) if self.scales_rows else (None, self.scale)

    def pulled_companion(self) -> "Matrix | None":
        """The companion as a matrix, whose gradients have the scale of this one; None if held."""
        other = self.companion
        return None if other is None or other.held else Matrix(other.x, other.y, self.scale)

    def tile(self, rows: tuple[int, int], columns: tuple[int, int], like: Array) -> Tile:
        """Tile of these samples, first and last plus one."""
        return Tile(*rows, *columns, self.views, like, self.starts, self.apart)

    # Ranks that share a batch walk blocks of the matrix

    def column_arrays(self) -> list[Array]:
        """The columns, and all that offsets, companion, rules and scores hold of them."""
        offset = [] if self.offsets[1] is None else [self.offsets[1]]
        score = () if self.score is None else self.score.column_arrays()
        beside = () if self.companion is None else self.companion.column_arrays()
        return [self.y, *offset, *beside, *self.pairs.column_arrays(), *score]

    def on_diagonal(self, start: Any) -> "Matrix":
        """The block of a rank's rows with themselves."""
        return Matrix(
            self._as_given(self.x, self.x_shape),
            None,
            self.scale,
            self.pairs,
            self.offsets,
            self.score,
            companion=self.companion,
            starts=(start, start),
        )

    def with_columns(
        self, column_arrays: list[Array], starts: tuple[Any, Any], apart: bool
    ) -> "Matrix":
        """The block of a rank's rows with the columns of some rank."""
        y, *rest = column_arrays
        offsets = self.offsets if self.offsets[1] is None else (self.offsets[0], rest.pop(0))
        companion = self.companion
        if companion is not None:
            companion = companion.with_columns(rest.pop(0))
        count = len(self.pairs.column_arrays())
        score = self.score
        return Matrix(
            self._as_given(self.x, self.x_shape),
            self._as_given(y, self.y_shape),
            self.scale,
            self.pairs.with_columns(tuple(rest[:count])),
            offsets,
            None if score is None else score.with_columns(tuple(rest[count:])),
            companion=companion,
            held_columns=self.held_columns,
            starts=starts,
            apart=apart,
        )

    def _as_given(self, t: Array, shape: tuple[int, ...]) -> Array:
        """Rows or columns without the axis of views, if they were given without one."""
        return t if len(shape) == 2 else t[0, ...]


def _with_views(t: Any) -> Any:
    if t.ndim == 3:
        return t
    return t.as_view() if isinstance(t, arrays.UnitRows) else t[None, ...]


def _any(offsets: Offsets) -> bool:
    return offsets[0] is not None or offsets[1] is not None

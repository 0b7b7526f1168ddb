"""Other products of the same samples, beside those of a matrix."""

from dataclasses import dataclass, replace

from polycontrast import arrays
from polycontrast.arrays import Array, Multiplier
from polycontrast.similarity.tiles.tile import Tile


@dataclass(frozen=True)
class Companion:
    """A second matrix ``scale <x_i, y_j>`` of the samples of a matrix, in the same tiles.

    Its rows may be of any depth. Rules and statistics of the matrix read it: which pairs count, or
    how much, is then what a guide or a teacher says of them.

    Parameters
    ----------
    x : array (B, E) or (M, B, E)
        As many rows and views as the matrix has.
    y : array, optional
        The other side; None where the matrix is symmetric.
    scale : 0-d array, optional
        Default 1.
    held : bool, default True
        Whether it is constant. Otherwise the pullback of the matrix has its gradients too.
    """

    x: Array
    y: Array | None = None
    scale: Array | None = None
    held: bool = True

    @property
    def depth(self) -> int:
        """Length of its rows."""
        return int(self.x.shape[-1])

    def products(self, tile: Tile, make: Multiplier, kept: bool = False) -> Array:
        """Entries of a tile, as a matrix of the rows of all views; a temporary unless `kept`."""
        xp, y = arrays.namespace(self.x), self.x if self.y is None else self.y
        left = _rows(tile.of_rows(arrays.loaded(self.x), axis=-2))
        right = _rows(tile.of_columns(arrays.loaded(y), axis=-2))
        if self.scale is not None and self.y is None:
            # As in the matrix: an entry and its mirror image are rounded alike.
            root = xp.sqrt(self.scale)
            left, right = left * root, right * root
        elif self.scale is not None:
            left = left * self.scale
        left, right = make.operand(left), arrays.transpose(make.operand(right))
        return make.added(None, left, right) if kept else make.product(left, right)

    def column_arrays(self) -> tuple[Array, ...]:
        """The columns, with their samples last."""
        return (arrays.transpose(self.x if self.y is None else self.y),)

    def with_columns(self, turned: Array) -> "Companion":
        """The same for other columns."""
        return replace(self, y=arrays.transpose(turned))


def _rows(t: Array) -> Array:
    return arrays.namespace(t).reshape(t, (-1, t.shape[-1]))

"""Several readings of one matrix: different statistics of different pairs, from one product.

Each reading has its own rule, its own function of the scores and its own statistic. The product of
a tile is made once for all of them, and their gradients go back through it together.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from polycontrast import arrays
from polycontrast.arrays import Array, Multiplier
from polycontrast.similarity.matrix import Matrix
from polycontrast.similarity.rules.pairs import NONE, Every, Rule
from polycontrast.similarity.statistics import Statistic
from polycontrast.similarity.tiles.plan import SMALL_BYTES_READ_OFTEN
from polycontrast.similarity.tiles.tile import Tile
from polycontrast.similarity.tiles.tile_body import TileBody, shaped


@dataclass(frozen=True)
class Map:
    """An elementwise function of scores and its derivative, from an array to a new one."""

    value: Callable[[Array], Array]
    derivative: Callable[[Array], Any]
    """An array like the scores, or one number for all."""


def line(slope: float, shift: float = 0.0) -> Map:
    """``slope s + shift``."""
    return Map(
        lambda s: arrays.add_(arrays.multiplied(s, slope), shift),
        lambda s: slope,
    )


@dataclass(frozen=True)
class Reading:
    """A statistic of some pairs of a matrix.

    Parameters
    ----------
    statistic : Statistic
    pairs : Rule, default Every()
        Pairs that count, among those that the matrix counts.
    map : Map, optional
        Function of the scores that the statistic is taken of. Default: the scores themselves.
    column_pairs : Rule, optional
        Pairs that count for the columns. Default: the same.
    """

    statistic: Statistic
    pairs: Rule = Every()  # noqa: RUF009 - a rule without a state
    map: Map | None = None
    column_pairs: Rule | None = None


class Readings:
    """The statistics of several readings, as one: states and results are tuples.

    Parameters
    ----------
    readings : sequence of Reading
    """

    def __init__(self, readings: Sequence[Reading]):
        self.readings = tuple(readings)

    def column_arrays(self) -> tuple[Array, ...]:
        """Arrays that the rules of all readings hold of their columns: ranks exchange them."""
        return tuple(t for rule in self.rules() for t in rule.column_arrays())

    def with_columns(self, given: Sequence[Array]) -> "Readings":
        """Return the same readings for other columns."""
        rest = list(given)

        def moved(rule: Rule | None) -> Any:
            if rule is None:
                return None
            count = len(rule.column_arrays())
            own, rest[:] = tuple(rest[:count]), rest[count:]
            return rule.with_columns(own)

        return Readings(
            [
                replace(r, pairs=moved(r.pairs), column_pairs=moved(r.column_pairs))
                for r in self.readings
            ]
        )

    def rules(self) -> Iterator[Rule]:
        """Rules of all readings and sides."""
        for reading in self.readings:
            yield reading.pairs
            if reading.column_pairs is not None:
                yield reading.column_pairs

    def merge(self, one: Any, other: Any) -> Any:
        """States of two parts together."""
        parts = zip(self.readings, one, other, strict=True)
        return tuple(reading.statistic.merge(a, b) for reading, a, b in parts)

    def finish(self, state: Any) -> Any:
        """Each statistic of its state."""
        parts = zip(self.readings, state, strict=True)
        return tuple(reading.statistic.finish(part) for reading, part in parts)

    def factors(self, g: Any, finished: Any) -> Any:
        """Factors of each reading; None where its cotangent is None."""
        parts = zip(self.readings, g, finished, strict=True)
        return tuple(
            None if one is None else reading.statistic.factors(one, done)
            for reading, one, done in parts
        )

    def prepare(self, scores: Array) -> Array:
        """Scores unchanged: each reading prepares its own."""
        return scores

    def weigh(self, prepared: Array, factors: Sequence[Any]) -> Array:
        """Weights exist for each reading alone, see `ReadingsBody.weights`."""
        raise TypeError("several readings are weighed one by one")

    def reduce(self, prepared: Array, axis: Any) -> Any:
        """States of scores of which every reading counts the same pairs."""
        return tuple(
            reading.statistic.reduce(reading.statistic.prepare(arrays.copied(prepared)), axis)
            for reading in self.readings
        )


class ReadingsBody(TileBody):
    """`TileBody` that reads each tile several times. Products are kept, not scores.

    Parameters
    ----------
    matrix : Matrix
        Its score must be the same for rows and columns; a reading takes its map of it.
    readings : Readings
    multiplier : Multiplier
    """

    small = SMALL_BYTES_READ_OFTEN

    def __init__(self, matrix: Matrix, readings: Readings, multiplier: Multiplier):
        super().__init__(matrix, readings, multiplier)
        self.readings = readings.readings
        for reading in self.readings:
            if matrix.symmetric and reading.pairs.sided and reading.column_pairs is None:
                raise TypeError("Reading: a rule of one side needs column_pairs for the other")

    def is_empty(self, tile: Tile) -> bool:
        """True where no reading counts a pair of the tile."""
        rules = self.statistic.rules()
        return super().is_empty(tile) or all(rule.known(tile) is NONE for rule in rules)

    def of_shape(self, t: Array) -> Any:
        """One array per reading."""
        return tuple(shaped(reading.statistic, t) for reading in self.readings)

    def states(
        self, x: Array, y: Array, tile: Tile, columns: bool, out: Array | None = None
    ) -> tuple[Any, Any, Array]:
        """States of each reading for the rows and (None if not needed) for the columns."""
        products, tile = self.products(x, y, tile, out), self.accompanied(tile)
        scores, tile = self._read(products, tile)
        of_rows, of_columns = [], []
        for reading in self.readings:
            on_rows, on_columns = self._prepared(reading, scores, tile, columns)
            of_rows.append(reading.statistic.reduce(on_rows, 1))
            if columns:
                of_columns.append(reading.statistic.reduce(on_columns, 0))
        return tuple(of_rows), tuple(of_columns) if columns else None, products

    def weights(
        self, x: Array, y: Array, tile: Tile, kept: Array | None, u: Any, v: Any
    ) -> tuple[Array, Array, Array]:
        """dL/dproducts of a tile, of all readings together."""
        products = self.products(x, y, tile) if kept is None else kept
        tile, total = self.accompanied(tile), None
        scores, read = self._read(products, tile)
        columns = (None,) * len(self.readings) if v is None else v
        for reading, of_rows, of_columns in zip(self.readings, u, columns, strict=True):
            part = self._weights(reading, scores, read, of_rows, of_columns)
            if part is not None:
                total = part if total is None else arrays.add_(total, part)
        if total is None:
            total = arrays.multiplied(scores, 0.0)
        if self.score is None:
            return total, total, total
        return self.score.pull(products, (total,), tile)

    def _read(self, products: Array, tile: Tile) -> tuple[Array, Tile]:
        """Scores that the readings are taken of, and their tile."""
        if self.score is None:
            return products, tile
        scores, of_columns = self.score.forward(products, tile)
        if of_columns is not scores:
            raise TypeError("Reading: takes a score that is the same for rows and columns")
        return scores, tile.collapsed(self.score.collapses_rows) if self.score.collapses else tile

    def _prepared(
        self, reading: Reading, products: Array, tile: Tile, columns: bool
    ) -> tuple[Array, Array]:
        """Prepared scores of one reading, for the rows and for the columns."""
        on_rows = self._scores(reading, products, tile, reading.pairs)
        on_rows = reading.statistic.prepare(on_rows)
        if reading.column_pairs is None or not columns:
            return on_rows, on_rows
        on_columns = self._scores(reading, products, tile, reading.column_pairs)
        return on_rows, reading.statistic.prepare(on_columns)

    def _scores(self, reading: Reading, products: Array, tile: Tile, pairs: Rule) -> Array:
        """Scores of one reading, a temporary: -inf for pairs that do not count."""
        mapped = reading.map
        scores = arrays.copied(products) if mapped is None else mapped.value(products)
        return pairs.exclude_(self._masked(scores, tile), tile)

    def _weights(
        self, reading: Reading, products: Array, tile: Tile, u: Any, v: Any
    ) -> Array | None:
        """dL/dproducts of one reading; None where it has no cotangent."""
        if u is None and v is None:
            return None
        on_rows, on_columns = self._prepared(reading, products, tile, v is not None)
        weigh = reading.statistic.weigh
        if on_rows is on_columns:
            weights = weigh(on_rows, tuple(f for f in (u, v) if f is not None))
        else:
            sides = [(s, f) for s, f in ((on_rows, u), (on_columns, v)) if f is not None]
            parts = [weigh(scores, (factor,)) for scores, factor in sides]
            weights = parts[0] if len(parts) == 1 else parts[0] + parts[1]
        if reading.map is None:
            return weights
        slope = reading.map.derivative(products)
        if isinstance(slope, float):
            return arrays.multiply_(weights, slope)
        return arrays.multiply_(slope, weights)

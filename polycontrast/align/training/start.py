"""Closed-form heads to start training from, for every way of whitening that is tried."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from polycontrast.align.closed_form.eigen import leading_eigenvectors
from polycontrast.align.closed_form.missing import completed_covariance
from polycontrast.align.closed_form.whitening import Whitening
from polycontrast.align.heads import Head
from polycontrast.align.interrupts import interruptible
from polycontrast.align.samples import Samples
from polycontrast.align.streams import StreamedRows
from polycontrast.align.streams.moments import products
from polycontrast.arrays import to_float64

WHITENINGS = tuple(10 ** (n / 2) for n in range(-4, 5))  # 0.01 to 100
POWERS = (0.0, 0.5, 1.0, 1.5, 2.0)
USUAL_DIM = 64
MOST_DIM = 512  # that is chosen; more can be asked for
AS_GIVEN = ("centred", "raw")
FARTHEST = 1e30  # of raw columns from 1
BASE = 1.0  # ridge of the coordinates in which covariances are computed
MOST_COMPLETED = 20_000  # rows: with more, those that two views have are enough
LEAST_WEIGHT = 0.01  # of a direction, relative to the first: one of weight 0 would learn nothing


@dataclass(frozen=True)
class Start:
    """One way to compute heads in closed form.

    Parameters
    ----------
    form : {"cca", "orthogonal", "centred", "raw"}
        Canonical correlation analysis with a ridge; orthogonal maps (Procrustes); the columns as
        they are, with or without their means taken off.
    whitening : float
        Ridge of the whitening, also of training from this start.
    power : float
        Of the gain of a direction, in its weight; for ``"cca"``.
    dim : int
        Dimension of the shared space.
    """

    form: str
    whitening: float
    power: float
    dim: int

    @property
    def usual(self) -> tuple[bool, float, float, int]:
        """How near it is to CCA with whitening 1, weights by the gain and few dimensions."""
        return self.form == "cca", -abs(math.log(self.whitening)), -abs(self.power - 1), -self.dim

    def __str__(self) -> str:
        names = {
            "cca": f"multi-set CCA, directions weighted by gain^{self.power:g}",
            "orthogonal": "orthogonal maps (Procrustes)",
            "centred": "the centred columns as they are",
            "raw": "the columns as they are",
        }
        return names[self.form]


@dataclass(frozen=True)
class Solution:
    """Heads in closed form, or learned from there on.

    Parameters
    ----------
    matrices : list of ndarray (rank + 1, dim)
        One a view, for whitened rows that end in a 1; from `ClosedForm` by the ridge `BASE`.
    outside : list of ndarray (columns, dim), optional
        What the heads also make of centred raw columns: only rows that lie outside of the space of
        the training rows have such a part.
    """

    matrices: list[np.ndarray]
    outside: list[np.ndarray] | None = None

    def heads(self, whitenings: Sequence[Whitening]) -> list[Head]:
        """Heads from raw columns; `whitenings` are those of the matrices."""
        none: list[np.ndarray | float] = [0.0] * len(self.matrices)
        parts = zip(whitenings, self.matrices, self.outside or none, strict=True)
        return [whitening.head(matrix, part) for whitening, matrix, part in parts]

    def rows(self, whitened: Sequence[np.ndarray], centred: Sequence[np.ndarray]) -> list[Any]:
        """Rows of each view in the shared space, from whitened and from centred raw columns."""
        found = [z @ w[:-1] + w[-1] for z, w in zip(whitened, self.matrices, strict=True)]
        if self.outside is None:
            return found
        more = zip(found, centred, self.outside, strict=True)
        return [z + x @ part for z, x, part in more]


class ClosedForm:
    """Closed-form heads of one set of rows, for any ridge, from one computation of covariances.

    Parameters
    ----------
    whitenings : list of Whitening
        By the ridge `BASE`.
    rows : list of array or StreamedRows (rows, rank)
        What they make of the rows; 0 in rows that are missing.
    samples : Samples, optional
        Which rows exist.
    complete : bool
        Whether rows that lack one of two views say something about their covariance too, by what
        other views say; else it is over the rows that both views have. Rows in files, many rows,
        and wide views with many ways to be missing are not completed.
    """

    def __init__(
        self,
        whitenings: Sequence[Whitening],
        rows: Sequence[Any],
        samples: Samples | None = None,
        complete: bool = True,
    ):
        self.whitenings = list(whitenings)
        self.ends = np.cumsum([w.rank for w in whitenings])[:-1]
        found = self._completed(rows, samples) if complete else None
        self.between = self._of_pairs(rows, samples) if found is None else found
        self._solved: dict[object, tuple[np.ndarray, np.ndarray]] = {}

    def _completed(self, rows: Sequence[Any], samples: Samples | None) -> np.ndarray | None:
        """Covariances between views from all rows, where some are missing and it can be done."""
        if samples is None or samples.mask is None or samples.rows > MOST_COMPLETED:
            return None
        if any(isinstance(x, StreamedRows) for x in rows):
            return None
        own = [w.variance / (w.variance + w.ridge) for w in self.whitenings]
        found = completed_covariance([to_float64(x) for x in rows], samples.mask, own)
        if found is not None:
            for part in np.split(np.arange(len(found)), self.ends):
                found[np.ix_(part, part)] = 0.0  # see below
        return found

    def _of_pairs(self, rows: Sequence[Any], samples: Samples | None) -> np.ndarray:
        """Covariances between views from the rows that both have."""
        sums = interruptible(lambda: products(rows))
        # What a view shares with itself brings no two views together.
        blocks = [[np.zeros((x.shape[1], y.shape[1])) for y in rows] for x in rows]
        for (a, b), total in sums.items():
            both = None if samples is None else samples.of_views(a, b).mask
            count = rows[0].shape[0] if both is None else max(1, both.all(axis=0).sum())
            blocks[a][b], blocks[b][a] = total / count, total.T / count
        return np.block(blocks)

    def block(self, a: int, b: int) -> np.ndarray:
        """Covariance (rank, rank) of two different views."""
        rows = np.split(self.between, self.ends, axis=0)[a]
        return np.split(rows, self.ends, axis=1)[b]

    def solve(self, start: Start) -> Solution:
        """Heads whose training rows have mean square length 1 in the shared space.

        The ``"cca"`` directions w solve ``C w = g w`` with C the covariances between different
        views of the rows whitened by ``start.whitening``; for two views they are singular vectors.
        """
        if start.form in AS_GIVEN:
            return self._as_given(start)
        if start.form == "cca":
            scale = [w.scale_to(start.whitening) for w in self.whitenings]
        else:
            scale = [np.sqrt(w.variance + BASE) for w in self.whitenings]
        gains, vectors = self._directions(start, np.concatenate(scale))
        parts = np.split(vectors, self.ends)
        if start.form == "cca":
            share = np.maximum(gains / max(gains[0], 1e-12), 0) ** start.power
            parts = [part * np.maximum(share, LEAST_WEIGHT) for part in parts]
        else:
            parts = [_nearest_orthogonal(part) for part in parts]
        matrices = []
        for whitening, s, part in zip(self.whitenings, scale, parts, strict=True):
            matrix = s[:, None] * part
            matrix = matrix / _length(whitening, matrix)
            matrices.append(np.concatenate([matrix, np.zeros((1, matrix.shape[1]))]))
        return Solution(matrices)

    def _directions(self, start: Start, scale: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Leading gains and directions, kept for the next starts of the same ridge."""
        key = start.form, start.whitening if start.form == "cca" else None
        solved, count = self._solved.get(key), min(start.dim, len(scale))
        if solved is None or len(solved[0]) < count:
            matrix = scale[:, None] * self.between * scale
            split = int(self.ends[0])
            if len(self.ends) == 1 and count <= min(split, len(scale) - split):
                solved = _of_two_views(matrix[:split, split:], count)
            else:
                solved = leading_eigenvectors(matrix, count=count)
            self._solved = {key: solved}
        gains, vectors = solved
        return gains[:count], vectors[:, :count]

    def _as_given(self, start: Start) -> Solution:
        """One projection of the raw columns for all views: on common principal directions."""
        inverses = [w.inverse() for w in self.whitenings]
        columns = inverses[0].shape[1]
        common = np.eye(columns)
        if start.dim < columns:
            joint = np.zeros((columns, columns))
            for w, inverse in zip(self.whitenings, inverses, strict=True):
                joint += (inverse.T * (w.variance / (w.variance + BASE))) @ inverse
            common = leading_eigenvectors(joint, count=start.dim)[1]
        matrices, outside = [], []
        for whitening, inverse in zip(self.whitenings, inverses, strict=True):
            matrix = inverse @ common
            bias = whitening.mean @ common if start.form == "raw" else np.zeros(start.dim)
            length = np.hypot(_length(whitening, matrix), np.linalg.norm(bias))
            matrices.append(np.concatenate([matrix, bias[None]]) / length)
            outside.append((common - whitening.matrix @ matrix) / length)
        return Solution(matrices, outside)


def _length(whitening: Whitening, matrix: np.ndarray) -> float:
    """Root mean square length of the training rows behind a matrix."""
    share = whitening.variance / (whitening.variance + BASE)
    return float(max(np.sqrt(np.sum(share[:, None] * matrix**2)), 1e-12))


def dims_to_try(wanted: int | str, ranks: Sequence[int]) -> tuple[int, ...]:
    """Dimensions of the shared space to choose among, for views of these ranks."""
    if not isinstance(wanted, str):
        return (min(wanted, sum(ranks)),)
    # Two views share no more directions than the narrower one has.
    usual = min(USUAL_DIM, min(ranks) if len(ranks) == 2 else sum(ranks))
    return tuple({usual, max(usual, min(MOST_DIM, *ranks))})


def candidate_starts(
    whitenings: Sequence[Whitening], ridges: Sequence[float], dims: Sequence[int], most: int
) -> list[Start]:
    """Starts to choose among, those that share an eigenproblem one after another.

    Orthogonal maps and the columns as they are belong to no ridge; training from them whitens by
    the ridge in the middle. The columns as they are need views of equal width, and are reduced to
    `most` of their common principal directions.
    """
    ranks, middle = [w.rank for w in whitenings], ridges[len(ridges) // 2]
    dims = sorted({min(dim, sum(ranks)) for dim in dims}, reverse=True)
    found = [
        Start("cca", ridge, power, dim) for ridge in ridges for dim in dims for power in POWERS
    ]
    shared = sorted({min(dim, *ranks) for dim in dims}, reverse=True)
    found += [Start("orthogonal", middle, 0.0, dim) for dim in shared]
    columns = {len(w.mean) for w in whitenings}
    if len(columns) == 1 and all(_near_1(w) for w in whitenings):
        found += [Start(form, middle, 0.0, min(most, len(whitenings[0].mean))) for form in AS_GIVEN]
    return found


def _near_1(whitening: Whitening) -> bool:
    """True for columns whose squares and products are far from overflow."""
    most = max(np.abs(whitening.mean).max(), whitening.deviation.max())
    return bool(1 / FARTHEST < most < FARTHEST)


def _of_two_views(between: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The same from singular vectors, which the smaller view has fewer of."""
    small = between if between.shape[0] <= between.shape[1] else between.T
    squares, own = leading_eigenvectors(small @ small.T, count=count)
    gains = np.sqrt(np.maximum(squares, 0.0))
    other = small.T @ own / np.maximum(gains, 1e-12 * max(gains[0], 1e-300))
    pair = (own, other) if small is between else (other, own)
    return gains, np.concatenate(pair) / np.sqrt(2)


def _nearest_orthogonal(matrix: np.ndarray) -> np.ndarray:
    left, _, right = np.linalg.svd(matrix, full_matrices=False)
    return left @ right

"""Each row's pairs within its class and with other classes, read from one product."""

from collections.abc import Callable
from typing import NamedTuple

from polycontrast.arrays import Array, add_, device, multiplied, namespace, positive_part_
from polycontrast.calculus import unit_rows
from polycontrast.similarity import (
    SCORES,
    Cutoff,
    Labels,
    Largest,
    Map,
    OtherRows,
    Reading,
    RunningExpSum,
    Similarity,
    Sum,
    line,
)
from polycontrast.similarity.statistics import Statistic

TOTAL = Sum(SCORES)
"""Sum of mapped scores."""
LARGEST = Largest()
"""Largest mapped score; -inf where there is no pair."""


class Kind(NamedTuple):
    """What is read of one kind of pairs."""

    statistic: Statistic
    map: Map


def lse_of(slope: float, shift: float) -> Kind:
    """Log-sum-exp of ``slope s + shift``; -inf where there is no pair."""
    return Kind(RunningExpSum(), line(slope, shift))


def total_of(function: Callable[[Array], Array], derivative: Callable[[Array], Array]) -> Kind:
    """Sum of a function of the similarities; 0 where there is no pair."""
    return Kind(TOTAL, Map(function, derivative))


def hinge(s: Array, margin: float) -> Array:
    """``max(s - margin, 0)``."""
    return positive_part_(add_(multiplied(s, 1.0), -margin))


class ClassPairs:
    """Pairs of rows with class labels.

    Parameters
    ----------
    z : array (B, D)
    labels : integer array (B,)
    normalize : bool
    """

    def __init__(self, z: Array, labels: Array, normalize: bool):
        u, self._back = unit_rows(z, normalize)
        one = namespace(z).asarray(1.0, dtype=u.dtype, device=device(u))
        self._matrix = Similarity(u, scale=one)
        self._rules = Labels(labels) & OtherRows(), Labels(labels, same=False)

    def read(
        self, positive: Kind, negative: Kind, above: tuple[Array, Array] | None = None
    ) -> tuple[Array, Array, Callable[[Array, Array], dict[str, Array]]]:
        """Statistics of each row's similarities within its class and with other classes.

        Parameters
        ----------
        positive, negative : Kind
        above : two arrays (B,), optional
            Only pairs whose mapped score is above that of their row count.

        Returns
        -------
        positives, negatives : array (B,)
        back : callable
            From the cotangents of both to the gradient of z, by name.
        """
        readings = []
        for k, kind in enumerate((positive, negative)):
            rule, columns = self._rules[k], None
            if above is not None:
                bound = above[k]
                rule, columns = rule & ~Cutoff(rows=bound), rule & ~Cutoff(columns=bound)
            readings.append(Reading(kind.statistic, rule, kind.map, columns))
        rows, _, pull = self._matrix.read(*readings)
        return *rows, lambda p, n: {"z": self._back(pull((p, n)).x)}

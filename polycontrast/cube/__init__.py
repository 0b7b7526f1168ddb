"""Similarities of all n-tuples, one row from each of n views, without the cube they fill."""

from polycontrast.cube.axis import axis_logsumexp
from polycontrast.cube.contraction import contraction_logsumexp, exponents_fit
from polycontrast.cube.cube import Cube
from polycontrast.cube.marginals import both_ways, pair_sums, row_sums
from polycontrast.cube.pair_factors import (
    balanced_pair_factors,
    pull_pair_factors,
)
from polycontrast.cube.tuple_similarities import (
    CONSTANT,
    degree,
    diagonal_tuples,
    sees_differences,
    without_common_part,
)

__all__ = [
    "CONSTANT",
    "Cube",
    "axis_logsumexp",
    "balanced_pair_factors",
    "both_ways",
    "contraction_logsumexp",
    "degree",
    "diagonal_tuples",
    "exponents_fit",
    "pair_sums",
    "pull_pair_factors",
    "row_sums",
    "sees_differences",
    "without_common_part",
]

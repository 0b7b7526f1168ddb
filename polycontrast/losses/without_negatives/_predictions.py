"""Cosine distances of predictions to held targets."""

from typing import Annotated, Any

from polycontrast.arrays import Array, namespace, row_dot
from polycontrast.calculus import unit_rows
from polycontrast.objective import Constant

Target = Annotated[Any, Constant("B D", about="Row i belongs to sample i; it has no gradient.")]


def distances_both_ways(px: Array, py: Array, zx: Array, zy: Array):
    """``(1 - cos(px, zy)) + (1 - cos(py, zx))`` per sample, and its pullback to px and py."""
    one, one_back = _distances(px, zy)
    two, two_back = _distances(py, zx)
    return one + two, lambda g: (one_back(g), two_back(g))


def _distances(p: Array, z: Array):
    """``1 - <p, z>`` of unit rows, as half the square of their difference: near rows keep digits.

    A zero row is at distance 1; its square lacks 1 for each that is zero.
    """
    xp = namespace(p)
    a, a_back = unit_rows(p)
    b, _ = unit_rows(z)
    zeros = [xp.astype(~xp.any(t != 0, axis=1), t.dtype) for t in (a, b)]
    d = a - b
    return (row_dot(d, d) + zeros[0] + zeros[1]) / 2, lambda g: a_back(-g[:, None] * b)

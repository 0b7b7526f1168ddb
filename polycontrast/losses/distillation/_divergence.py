"""The divergence of a student's softmax from a constant one, at a temperature."""

from collections.abc import Callable

from polycontrast.arrays import Array, infinite_to_nan
from polycontrast.calculus import kl_divergence


def divergence_from(
    teacher: Array, student: Array, temperature: float, factor: float
) -> tuple[Array, Callable[[Array], Array]]:
    """A factor times the divergence of each row, and its pullback to the student.

    Parameters
    ----------
    teacher, student : array (B, K)
        Logits, which are divided by the temperature.
    temperature, factor : float

    Returns
    -------
    divergences : array (B,)
    back : callable
        From dL/ddivergences to dL/dstudent.
    """
    q, p = (infinite_to_nan(t) / temperature for t in (teacher, student))
    divergences, pull = kl_divergence(q, p)
    return factor * divergences, lambda g: pull(g * (factor / temperature))[1]

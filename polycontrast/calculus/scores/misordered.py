"""The log-sum-exp of differences between scores, over all pairs in the order of other numbers."""

import math
from collections.abc import Callable

from polycontrast.arrays import Array, cumulative_logaddexp, finite_or_zero, logsumexp, namespace
from polycontrast.calculus.scores.ranking import Ranking


def misordered(a: Array, ranking: Ranking) -> tuple[Array, Callable[[Array], Array]]:
    """``L = log sum exp(a_i - a_j)`` over the pairs whose first member ranks below the second.

    The double sum factorises: ``L = LSE_j (V_j - a_j)`` with ``V_j`` the log-sum-exp of the scores
    below j. With ``U_i`` that of the negative scores above i, ``dL/da_i = exp(a_i + U_i - L) -
    exp(V_i - a_i - L)``. Both are read from sums along the order: O(n log n) time, O(n) memory.

    Parameters
    ----------
    a : array (n,)
    ranking : Ranking
        Of the other numbers. Equal ones make no pair.

    Returns
    -------
    value : 0-d array
        -inf where there is no pair.
    back : callable
        From dL/dvalue to dL/da.
    """
    xp = namespace(a)
    ordered = xp.take(a, ranking.order, axis=0)
    none = xp.full_like(a[:1], -math.inf)
    sums = xp.concat([none, cumulative_logaddexp(ordered)])
    below = xp.take(sums, ranking.below, axis=0)
    value = logsumexp(below - a)

    def back(g: Array) -> Array:
        # Sums from the upper end: entry k is that of all places from k on.
        sums = xp.concat([xp.flip(cumulative_logaddexp(xp.flip(-ordered))), none])
        above, total = xp.take(sums, ranking.up_to, axis=0), finite_or_zero(value)
        return g * (xp.exp(a + above - total) - xp.exp(below - a - total))

    return value, back

"""Codes of rows by the Sinkhorn-Knopp algorithm: soft assignments to columns of equal shares."""

from collections.abc import Callable

from polycontrast.arrays import Array, logsumexp, namespace


def sinkhorn_codes(
    logits: Array, iterations: int, over_samples: Callable[[Array, int], Array] = logsumexp
) -> Array:
    """Scale ``exp(logits)`` by turns to equal sums of the columns and of the rows, in logarithms.

    Each step subtracts the log-sum-exp of a column or row. The shares 1/K and 1/n of the sums are
    factors that cancel. Nothing here is differentiated.

    Parameters
    ----------
    logits : array (n, K)
        Scores over epsilon.
    iterations : int
        At least 1.
    over_samples : callable
        Log-sum-exp along an axis of the samples of all ranks.

    Returns
    -------
    codes : array (n, K)
        Rows of sum 1.
    """
    for _ in range(iterations):
        logits = logits - over_samples(logits, 0)[None, :]
        logits = logits - logsumexp(logits, 1)[:, None]
    return namespace(logits).exp(logits)

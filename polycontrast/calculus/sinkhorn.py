"""Codes of rows by the Sinkhorn-Knopp algorithm: soft assignments to columns of equal shares."""

from collections.abc import Callable

from polycontrast.arrays import Array, logsumexp, namespace


def sinkhorn_codes(
    logits: Array,
    iterations: int,
    others: Array | None = None,
    over_samples: Callable[[Array, int], Array] = logsumexp,
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
    others : array (m, K), optional
        Further rows, whose codes are not returned; the same on all ranks.
    over_samples : callable
        Log-sum-exp along an axis of the samples of all ranks.

    Returns
    -------
    codes : array (n, K)
        Rows of sum 1.
    """
    xp = namespace(logits)
    parts = [logits] if others is None else [logits, others]
    for _ in range(iterations):
        shares = over_samples(parts[0], 0)
        for rest in parts[1:]:
            shares = xp.logaddexp(shares, logsumexp(rest, 0))
        parts = [part - shares[None, :] for part in parts]
        parts = [part - logsumexp(part, 1)[:, None] for part in parts]
    return xp.exp(parts[0])

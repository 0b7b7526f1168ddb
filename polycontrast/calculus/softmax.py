"""Softmax of rows of logits, and the losses that are made of it."""

from collections.abc import Callable, Iterator

from polycontrast.arrays import (
    Array,
    as_index,
    constant,
    copied,
    exp_,
    fill_,
    fill_along_,
    finite_or_zero,
    from_blocks,
    infinite_to_nan,
    is_traced,
    logsumexp,
    multiply_,
    namespace,
    safe_log,
    sigmoid,
    softplus,
    subtract_,
)

BLOCK = 2**18  # logits of the rows that are worked on at once


def log_softmax(logits: Array) -> tuple[Array, Callable[[Array], Array]]:
    """Logarithm of the softmax along the last axis; back ``dx = g - softmax sum(g)``.

    Parameters
    ----------
    logits : array (..., V)

    Returns
    -------
    out : array (..., V)
    back : callable
        From dL/dout to dL/dlogits.
    """
    xp = namespace(logits)
    _, below, log_sum = _below_largest(logits)
    out = below - log_sum
    return out, lambda g: g - xp.exp(out) * xp.sum(g, axis=-1, keepdims=True)


def kl_divergence(
    p_logits: Array, q_logits: Array
) -> tuple[Array, Callable[[Array], tuple[Array, Array]]]:
    """Divergence ``KL(p || q)`` of the softmaxes p and q along the last axis.

    ``dq_logits = g (q - p)`` and ``dp_logits = g p (log p - log q - KL)``. As p and q have the same
    sum, a term is ``p (exp(-d) - 1 + d)`` with ``d = log p - log q``: never negative, and of the
    second order in d. So both keep their digits where p is near q.

    Parameters
    ----------
    p_logits, q_logits : array (..., V)

    Returns
    -------
    divergences : array (...)
    back : callable
        From dL/ddivergences to dL/dp_logits and dL/dq_logits.
    """
    xp = namespace(p_logits)
    p_largest, p_below, p_log_sum = _below_largest(p_logits)
    q_largest, q_below, q_log_sum = _below_largest(q_logits)
    p, q = xp.exp(p_below - p_log_sum), xp.exp(q_below - q_log_sum)
    d = (p_logits - q_logits) - (p_largest - q_largest) - (p_log_sum - q_log_sum)
    near = xp.abs(d) < 1
    growth = xp.expm1(xp.where(near, -d, xp.zeros_like(d)))
    excess = xp.where(near, p * growth, q - p)
    divergences = xp.sum(xp.where(near, p * (growth + d), excess + p * d), axis=-1)

    def back(g: Array) -> tuple[Array, Array]:
        g = g[..., None]
        return g * p * (d - divergences[..., None]), g * excess

    return divergences, back


def _below_largest(logits: Array) -> tuple[Array, Array, Array]:
    """Largest logit of each row, logits less it, and the logarithm of their exponentials' sum."""
    xp = namespace(logits)
    largest = constant(finite_or_zero(xp.max(logits, axis=-1, keepdims=True)))
    below = logits - largest
    return largest, below, safe_log(xp.sum(xp.exp(below), axis=-1, keepdims=True))


def cross_entropy(
    logits: Array, labels: Array, kept: Array | None = None
) -> tuple[Array, Callable[[Array], Array]]:
    """Cross-entropy of the softmax along the last axis with one label each.

    With the log-sum-exp N over the other entries and the logit d of the label, the loss is
    ``softplus(N - d)``, which keeps its digits when it is tiny. With ``q = sigmoid(N - d)`` the
    derivative is ``q exp(s - N)`` for the others and ``-q`` for the label. Rows are worked on in
    blocks, so the softmax is never held beside the gradient.

    Parameters
    ----------
    logits : array (..., V)
    labels : integer array (...)
        From 0 to V - 1; the loss of any other label is nan.
    kept : bool array (...), optional
        Where it is False neither logits nor label are read, and loss and gradient are 0.

    Returns
    -------
    losses : array (...)
    back : callable
        From dL/dlosses to dL/dlogits.
    """
    xp, shape, width = namespace(logits), tuple(labels.shape), logits.shape[-1]
    s, index = xp.reshape(logits, (-1, width)), as_index(xp.reshape(labels, (-1,)))
    right = (index >= 0) & (index < width)
    index = xp.where(right, index, xp.zeros_like(index))
    label = infinite_to_nan(xp.take_along_axis(s, index[:, None], axis=-1)[:, 0])
    others = xp.concat([logsumexp(block) for _, block in _without_label(s, index)], axis=0)
    logit = xp.where(right, others - label, xp.nan)
    if kept is not None:
        kept = xp.reshape(kept, (-1,))
        logit = xp.where(kept, logit, -xp.inf)

    def back(g: Array) -> Array:
        g = xp.reshape(g, (-1,))
        q = g * sigmoid(logit)
        if kept is not None:
            q = xp.where(kept, q, 0 * g)

        def weights(rows: slice, block: Array) -> Array:
            share = exp_(subtract_(block, finite_or_zero(others[rows])[:, None]))
            share = fill_along_(multiply_(share, q[rows, None]), index[rows], -q[rows, None])
            return share if kept is None else fill_(share, ~kept[rows, None], q[rows, None])

        blocks = ((rows, weights(rows, block)) for rows, block in _without_label(s, index))
        return xp.reshape(from_blocks(blocks, s), logits.shape)

    return xp.reshape(softplus(logit), shape), back


def _without_label(s: Array, index: Array) -> Iterator[tuple[slice, Array]]:
    """Blocks of rows, with -inf in the place of the label; one block where a compiler fuses."""
    count, width = s.shape
    step = max(1, count if is_traced(s) else BLOCK // width)
    for start in range(0, max(1, count), step):
        rows = slice(start, min(start + step, count))
        block = infinite_to_nan(copied(s[rows, :]))
        yield rows, fill_along_(block, index[rows], -namespace(s).inf)

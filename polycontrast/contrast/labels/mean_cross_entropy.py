"""Mean cross-entropy of the classes of a batch, which ranks may share."""

from collections.abc import Callable

from polycontrast.arrays import Array, namespace
from polycontrast.calculus import cross_entropy
from polycontrast.context import whole_batch


def mean_cross_entropy(
    logits: Array, labels: Array
) -> tuple[Array, Callable[[Array], tuple[Array]]]:
    """Mean over the samples of all ranks of the cross-entropy of logits with labels.

    Parameters
    ----------
    logits : array (B, C)
    labels : integer array (B,)

    Returns
    -------
    value : 0-d array
    back : callable
        From dL/dvalue to a tuple that holds dL/dlogits.
    """
    xp, batch = namespace(logits), whole_batch()
    losses, pull = cross_entropy(logits, labels)
    samples = batch.samples(losses.shape[0])
    value = batch.sum(xp.sum(losses)) / samples
    return value, lambda g: (pull(xp.zeros_like(losses) + g / samples),)

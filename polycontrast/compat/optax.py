"""Losses of optax, for arrays of any library."""

import polycontrast as pc
from polycontrast.arrays import device, namespace
from polycontrast.compat.crosswalk import counterpart

__all__ = ["cosine_distance", "cosine_similarity", "ntxent"]

REFUSED = "`epsilon`, `where`, `axis` other than the last, more than two axes"


@counterpart(
    "decoupled_softmax(embeddings, embeddings, positive, ignore, temperature=temperature)",
    factor="the number of positives of each row",
    reducer="mean over positive pairs",
    note="With two rows in each class it is `nt_xent`. Other positives are not in the denominator.",
)
def ntxent(embeddings, labels, temperature=0.07):
    """Cross-entropy of each positive pair among the negatives of its anchor."""
    xp, where = namespace(embeddings), device(embeddings)
    alike = labels[:, None] == labels[None, :]
    itself = xp.eye(labels.shape[0], dtype=xp.bool, device=where)
    losses = pc.decoupled_softmax(
        embeddings, embeddings, alike, itself, temperature=temperature, reduction="none"
    )
    count = xp.sum(xp.astype(alike & ~itself, losses.dtype), axis=1)
    return xp.sum(count * losses) / xp.sum(count)


def _cosines(name, predictions, targets, epsilon, axis, where):
    two = predictions.ndim == 2 and axis in (-1, 1)
    if epsilon or where is not None or not two:
        got = f"{predictions.ndim} axes, epsilon={epsilon}, axis={axis}"
        raise ValueError(f"{name}: takes rows (B, D), axis=-1 and no epsilon or where; got {got}")
    return -pc.negative_cosine(predictions, targets, reduction="none")


@counterpart(
    '-negative_cosine(predictions, targets, reduction="none")', reducer="none", refuses=REFUSED
)
def cosine_similarity(predictions, targets, *, epsilon=0.0, axis=-1, where=None):
    """Cosine of matching rows."""
    return _cosines("cosine_similarity", predictions, targets, epsilon, axis, where)


@counterpart(
    '1 + negative_cosine(predictions, targets, reduction="none")', reducer="none", refuses=REFUSED
)
def cosine_distance(predictions, targets, *, epsilon=0.0, axis=-1, where=None):
    """One minus the cosine of matching rows."""
    return 1 - _cosines("cosine_distance", predictions, targets, epsilon, axis, where)

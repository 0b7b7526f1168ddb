"""The check of two sets of scores."""

from polycontrast.arrays import Array, check_floating, computing_dtype, namespace


def two_sets(name: str, pos: Array, neg: Array) -> tuple[Array, Array]:
    """Scores of positives and negatives in their computing dtype; refused where one is wrong."""
    check_floating(name, pos=pos, neg=neg)
    for argument, scores in {"pos": pos, "neg": neg}.items():
        if scores.ndim != 1 or scores.shape[0] == 0:
            text = f"{argument} must have one axis and at least 1 score"
            raise ValueError(f"{name}: {text}; got {tuple(scores.shape)}")
    if pos.dtype != neg.dtype:
        text = "pos and neg must have the same dtype"
        raise TypeError(f"{name}: {text}; got {pos.dtype} and {neg.dtype}")
    xp, dtype = namespace(pos), computing_dtype(pos)
    return xp.astype(pos, dtype), xp.astype(neg, dtype)

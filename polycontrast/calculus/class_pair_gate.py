"""Gates of columns, from logits of a pair of classes."""

from polycontrast.arrays import Array, check_floating, computing_dtype, namespace, quiet, sigmoid


@quiet
def class_pair_gate(logits: Array) -> Array:
    r"""Share of each column that counts when two classes are compared.

    .. math:: g = \sigma(t)

    Parameters
    ----------
    logits : array
        Logits t of any shape, such as (N, D). In the paper they are those of a small network, whose
        input is the mean of the embeddings of the two classes.

    Returns
    -------
    gates : array of the shape and dtype of `logits`
        torch and JAX differentiate it. By hand, the derivative is :math:`g (1 - g)`.

    Raises
    ------
    TypeError
        When `logits` is not real floating.

    Notes
    -----
    In a variant each class has logits of its own, and the gate of a pair is the product of both.

    References
    ----------
    J. Wu, S. Mo, Z. Feng, S. Atito, J. Kittler, M. Awais, "Rethinking Positive Pairs in Contrastive
    Learning", 2024, arXiv 2410.18200.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> pc.class_pair_gate(np.asarray([[0.0, 100.0]])).tolist()
    [[0.5, 1.0]]
    """
    check_floating("class_pair_gate", logits=logits)
    xp = namespace(logits)
    return xp.astype(sigmoid(xp.astype(logits, computing_dtype(logits))), logits.dtype)

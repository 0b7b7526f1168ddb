"""Gates of pairs of classes, of numbers that a network predicts."""

from typing import Annotated, Any

from polycontrast.arrays import infinite_to_nan, sigmoid
from polycontrast.objective import Role, objective

_ABOUT = "One row for each pair, of any real numbers."
Logits = Annotated[Any, Role("rows", ("N D",), about=_ABOUT)]


@objective(invariances=("sample_permutation",), shards=False)
def class_pair_gate(logits: Logits):
    r"""Gates between 0 and 1 that choose a subspace for a pair of classes, by a sigmoid.

    .. math:: g_{id} = \sigma(z_{id})

    Parameters
    ----------
    logits
        z of the formula: in Hydra a small network of the mean of the embeddings of both classes.

    Returns
    -------
    gates : array (N, D)
        For `hydra`. A product of the gates of two classes is another choice.

    Notes
    -----
    The derivative is :math:`\sigma (1 - \sigma)`.

    References
    ----------
    J. Wu, S. Mo, Z. Feng, S. Atito, J. Kittler, M. Awais, "Rethinking Positive Pairs in Contrastive
    Learning", 2024, arXiv 2410.18200.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> pc.class_pair_gate(np.asarray([[-2.0, 0.0, 2.0]])).round(6)
    array([[0.119203, 0.5     , 0.880797]])
    """
    logits = infinite_to_nan(logits)
    gates, rest = sigmoid(logits), sigmoid(-logits)
    return gates, lambda g: {"logits": g * gates * rest}

"""Decoupled contrastive learning."""

from polycontrast.arrays import namespace
from polycontrast.contrast import JointRows, where_some
from polycontrast.objective import (
    Embeddings,
    Ids,
    Normalize,
    Reduction,
    Temperature,
    at_least_two,
    objective,
)


@objective(
    invariances=("sample_permutation", "rotation", "row_scale", "swap"),
    aliases=("decoupled contrastive loss", "DCLLoss"),
)
def dcl(
    x: Embeddings,
    y: Embeddings,
    ids: Ids | None = None,
    *,
    temperature: Temperature = 0.1,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Decoupled contrastive loss: NT-Xent without the positive in the denominator.

    .. math:: \frac{1}{2B}
              \sum_{a=1}^{2B} \Big[ \log \sum_{b \ne a, p(a)} e^{\langle z_a, z_b \rangle / \tau}
              - \langle z_a, z_{p(a)} \rangle / \tau \Big],\quad z = [\hat x; \hat y]

    Parameters
    ----------
    x, y
        Two views of at least 2 samples.
    temperature
        The paper's value.
    reduction
        There are 2B, those of `x` first.

    Returns
    -------
    loss : 0-d array, or (2B,) for ``reduction="none"``
        May be negative.

    Raises
    ------
    ValueError
        When ``B < 2``, as there is no negative.

    Notes
    -----
    The partner of row a is :math:`p(a) = a \pm B`. The gradient weight of a negative pair is its
    softmax over the negatives, that of the positive is :math:`-1`. For each anchor, the loss of
    `nt_xent` is the softplus of this one. Both cost the same.
    An anchor that `ids` leave without a negative has loss 0.

    References
    ----------
    C.-H. Yeh, C.-Y. Hong, Y.-C. Hsu, T.-L. Liu, Y. Chen, Y. LeCun, "Decoupled Contrastive
    Learning", ECCV 2022, arXiv 2110.06848.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.eye(3)
    >>> float(pc.dcl(x, x, temperature=1.0).round(6))
    0.386294
    """
    xp = namespace(x)
    at_least_two("x and y", x.shape[0], "a negative")
    rows = JointRows(x, y, temperature, normalize, ids)

    def back(g):
        weights = where_some(xp.reshape(g, rows.negatives.shape), rows.negatives, ids)
        return rows.pull(weights, -xp.sum(weights, axis=0))

    losses = where_some(rows.negatives - rows.matches[None, :], rows.negatives, ids)
    return xp.reshape(losses, (-1,)), back

"""NT-Xent, the loss of SimCLR."""

from polycontrast.arrays import namespace, sigmoid, softplus
from polycontrast.contrast import JointRows
from polycontrast.objective import (
    Embeddings,
    Ids,
    Normalize,
    Reduction,
    Temperature,
    objective,
)


@objective(
    invariances=("sample_permutation", "rotation", "row_scale", "swap"),
    aliases=("SimCLR", "NTXentLoss"),
)
def nt_xent(
    x: Embeddings,
    y: Embeddings,
    ids: Ids | None = None,
    *,
    temperature: Temperature = 0.1,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Normalised temperature-scaled cross-entropy: each of 2B rows against the 2B - 1 others.

    .. math:: \frac{1}{2B}
              \sum_{a=1}^{2B} \Big[ \log \sum_{b \ne a} e^{\langle z_a, z_b \rangle / \tau}
              - \langle z_a, z_{p(a)} \rangle / \tau \Big],\quad z = [\hat x; \hat y]

    Parameters
    ----------
    x, y
        Two views.
    temperature
        SimCLR's ImageNet value; the paper uses 0.5 on CIFAR-10.
    reduction
        There are 2B, those of `x` first.

    Returns
    -------
    loss : 0-d array, or (2B,) for ``reduction="none"``

    Notes
    -----
    The partner of row a is :math:`p(a) = a \pm B`. The loss of a row is computed as
    :math:`\mathrm{softplus}(N_a - s_a)` with the log-sum-exp :math:`N_a` over the negatives alone
    and the positive :math:`s_a`, which stays accurate when the loss is tiny. With :math:`q_a =
    \sigma(N_a - s_a)` the gradient weight of a negative pair is :math:`q_a e^{s_{ab} - N_a}`, that
    of the positive is :math:`-q_a`. The 2B x 2B Gram matrix is symmetric, so half of its tiles are
    computed. ``B = 1``: value 0, gradient 0.

    References
    ----------
    T. Chen, S. Kornblith, M. Norouzi, G. Hinton, "A Simple Framework for Contrastive Learning of
    Visual Representations", ICML 2020, arXiv 2002.05709.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.eye(3)
    >>> float(pc.nt_xent(x, x, temperature=1.0).round(6))
    0.904832
    """
    xp, rows = namespace(x), JointRows(x, y, temperature, normalize, ids)
    logit = rows.negatives - rows.matches[None, :]  # (2, B)

    def back(g):
        weights = xp.reshape(g, logit.shape) * sigmoid(logit)
        return rows.pull(weights, -xp.sum(weights, axis=0))

    return xp.reshape(softplus(logit), (-1,)), back

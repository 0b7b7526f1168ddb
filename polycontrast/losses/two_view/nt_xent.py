"""NT-Xent, the loss of SimCLR."""

from polycontrast.arrays import namespace, sigmoid, softplus
from polycontrast.contrast import JointRows
from polycontrast.objective import Embeddings, Normalize, Reduction, Temperature, objective


@objective(
    family="two_view",
    formula=r"\frac{1}{2B} \sum_{a=1}^{2B} \Big[ \log \sum_{b \ne a} "
    r"e^{\langle z_a, z_b \rangle / \tau} - \langle z_a, z_{p(a)} \rangle / \tau \Big],"
    r"\quad z = [\hat x; \hat y]",
    source="Chen, Kornblith, Norouzi, Hinton, SimCLR, ICML 2020, arXiv 2002.05709",
    cases=({"temperature": 0.5}, {"normalize": False}),
    invariances=("sample_permutation", "rotation", "row_scale", "swap"),
    shards=True,
)
def nt_xent(
    x: Embeddings,
    y: Embeddings,
    *,
    temperature: Temperature = 0.1,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Normalised temperature-scaled cross-entropy: each of 2B rows against the 2B - 1 others.

    Parameters
    ----------
    x, y : array (B, D)
        Two views; row i of both is the same sample.
    temperature : float or 0-d array, default 0.1
        :math:`\tau > 0`, differentiable. SimCLR's ImageNet value; the paper uses 0.5 on CIFAR-10.
    normalize : bool, default True
        Scale rows to unit length first.
    reduction : {"mean", "sum", "none"}, default "mean"
        Over the 2B anchors, those of `x` first.

    Returns
    -------
    loss : 0-d array, or (2B,) for ``reduction="none"``

    Raises
    ------
    ValueError, TypeError
        When shapes, dtypes, libraries or devices disagree, or the temperature is not above 0.

    Notes
    -----
    With :math:`z = [\hat x; \hat y]` and the partner :math:`p(a) = a \pm B`,

    .. math:: \ell_a = \log \sum_{b \ne a} e^{\langle z_a, z_b \rangle/\tau}
              - \langle z_a, z_{p(a)} \rangle/\tau .

    It is computed as :math:`\mathrm{softplus}(N_a - s_a)` with the log-sum-exp :math:`N_a` over
    the negatives alone and the positive :math:`s_a`, which stays accurate when the loss is tiny.
    With :math:`q_a = \sigma(N_a - s_a)` the gradient weight of a negative pair is
    :math:`q_a e^{s_{ab} - N_a}`, that of the positive is :math:`-q_a`. The 2B x 2B Gram
    matrix is symmetric, so half of its tiles are computed. ``B = 1``: value 0, gradient 0.

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
    xp, rows = namespace(x), JointRows(x, y, temperature, normalize)
    logit = rows.negatives - rows.matches[None, :]  # (2, B)

    def back(g):
        weights = xp.reshape(g, logit.shape) * sigmoid(logit)
        return rows.pull(weights, -xp.sum(weights, axis=0))

    return xp.reshape(softplus(logit), (-1,)), back

"""Decoupled contrastive learning with weighted positives."""

from typing import Annotated, Any

from polycontrast.arrays import namespace
from polycontrast.contrast import JointRows, where_some
from polycontrast.objective import (
    Embeddings,
    Held,
    Ids,
    Normalize,
    Reduction,
    Role,
    Temperature,
    at_least_two,
    objective,
    whole_batch,
)

_ABOUT = r"Temperature :math:`\sigma` of the weights; it has a gradient where they have one."
Width = Annotated[Any, Role("scalar", low=0.0, open_low=True, about=_ABOUT)]


@objective(
    invariances=("sample_permutation", "rotation", "row_scale", "swap"),
    held=Held("x", "y", "sigma", stop_grad_weights=True),
    aliases=("DCLWLoss",),
)
def dclw(
    x: Embeddings,
    y: Embeddings,
    ids: Ids | None = None,
    *,
    temperature: Temperature = 0.1,
    sigma: Width = 0.5,
    stop_grad_weights: bool = True,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Decoupled contrastive loss whose positives count more, the less similar they are.

    .. math:: \frac{1}{2B}
              \sum_{a=1}^{2B} \Big[ \log \sum_{b \ne a, p(a)} e^{\langle z_a, z_b \rangle / \tau}
              - w_a \langle z_a, z_{p(a)} \rangle / \tau \Big],\quad
              w_i = 2 - B \frac{e^{\langle \hat x_i, \hat y_i \rangle / \sigma}}
              {\sum_k e^{\langle \hat x_k, \hat y_k \rangle / \sigma}}

    Parameters
    ----------
    x, y
        Two views of at least 2 samples.
    temperature
        The paper's value.
    sigma
        The paper's value. With ``stop_grad_weights=True`` its gradient is 0.
    stop_grad_weights
        Take the weights as constants in the gradient.
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
    The rows :math:`z = [\hat x; \hat y]` and partners :math:`p(a) = a \pm B` are those of `dcl`,
    which this becomes for a large :math:`\sigma`. The weights are a negative von Mises-Fisher
    function. Both views of a sample share one, their mean is 1, and they lie in (2 - B, 2). The
    paper does not say whether they are differentiated, and public codes do either. With
    :math:`\pi` the softmax, :math:`\partial w_i / \partial s_k = -\frac{B}{\sigma} \pi_i
    (\delta_{ik} - \pi_k)`. An anchor that `ids` leave without a negative has loss 0.

    References
    ----------
    C.-H. Yeh, C.-Y. Hong, Y.-C. Hsu, T.-L. Liu, Y. Chen, Y. LeCun, "Decoupled Contrastive
    Learning", ECCV 2022, arXiv 2110.06848.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.eye(3)
    >>> float(pc.dclw(x, x, temperature=1.0).round(6))
    0.386294
    """
    xp, batch = namespace(x), whole_batch()
    samples = at_least_two("x and y", x.shape[0], "a negative")
    rows = JointRows(x, y, temperature, normalize, ids)
    cosines = rows.matches * temperature
    shares = xp.exp(cosines / sigma - batch.logsumexp(cosines / sigma))
    positive = 2 - samples * shares

    def back(g):
        weights = where_some(xp.reshape(g, rows.negatives.shape), rows.negatives, ids)
        on_rows = xp.sum(weights, axis=0)
        on_matches, on_sigma, on_tau = -on_rows * positive, xp.zeros_like(sigma), 0.0
        if not stop_grad_weights:
            pull = samples * on_rows * rows.matches  # dL/dshares
            mean = batch.sum(xp.sum(shares * pull))
            on_cosines = shares * (pull - mean) / sigma
            on_matches = on_matches + on_cosines * temperature
            # The weights depend on the cosines and not on their logits.
            on_tau = xp.sum(on_cosines * cosines) / temperature
            on_sigma = -xp.sum(on_cosines * cosines) / sigma
        grads = rows.pull(weights, on_matches)
        return grads | {"temperature": grads["temperature"] + on_tau, "sigma": on_sigma}

    losses = where_some(rows.negatives - (positive * rows.matches)[None, :], rows.negatives, ids)
    return xp.reshape(losses, (-1,)), back

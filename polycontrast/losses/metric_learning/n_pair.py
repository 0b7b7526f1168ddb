"""The N-pair loss."""

from polycontrast.arrays import row_dot
from polycontrast.losses.two_view.info_nce import info_nce
from polycontrast.objective import Embeddings, Ids, Nonnegative, Reduction, Same, objective


@objective(
    invariances=("sample_permutation", "rotation"),
    same_as=(
        Same("info_nce", when={"l2": 0.0}, symmetric=False, normalize=False, temperature=1.0),
    ),
    aliases=("NPairsLoss",),
)
def n_pair(
    x: Embeddings,
    y: Embeddings,
    ids: Ids | None = None,
    *,
    l2: Nonnegative = 0.0,
    reduction: Reduction = "mean",
):
    r"""Softmax of each match among the products with all rows of `y`, with a penalty on lengths.

    .. math:: \frac{1}{B} \sum_i \Big[ \log \Big( 1 + \sum_{j \ne i}
              e^{\langle x_i, y_j \rangle - \langle x_i, y_i \rangle} \Big)
              + \tfrac{\lambda}{4} \big( |x_i|^2 + |y_i|^2 \big) \Big]

    Parameters
    ----------
    x, y
        Anchors and their positives, from B different classes. They are not normalised.
    ids
        Give the classes here where some repeat.
    l2
        Weight :math:`\lambda` of the penalty.

    Notes
    -----
    The quarter is that of TensorFlow's loss of this name. ``B = 1``: the penalty alone. So it is
    for an anchor that `ids` leave without a negative. Products of very long rows overflow, from
    lengths of about 1e154 in float64 and 1e19 in float32. The loss and its gradient are then nan,
    as for every infinite score.

    References
    ----------
    K. Sohn, "Improved Deep Metric Learning with Multi-class N-pair Loss Objective", NeurIPS 2016,
    https://dl.acm.org/doi/10.5555/3157096.3157304

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.eye(3)
    >>> float(pc.n_pair(x, x, l2=0.02).round(6))
    0.561445
    """
    losses, pull = info_nce.vjp(
        x,
        y,
        ids=ids,
        temperature=1.0,
        symmetric=False,
        normalize=False,
        reduction="none",
        wrt=("x", "y"),
    )
    if l2:
        losses = losses + (l2 / 4) * (row_dot(x, x) + row_dot(y, y))

    def back(g):
        grads = pull(g)._asdict()
        if not l2:
            return grads
        rows = {"x": x, "y": y}
        return {k: grad + ((l2 / 2) * g)[:, None] * rows[k] for k, grad in grads.items()}

    return losses, back

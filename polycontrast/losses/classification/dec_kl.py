"""Self-training of soft clusters."""

from typing import Annotated, Any

from polycontrast.arrays import matmul, namespace, row_dot, safe_log, transpose
from polycontrast.calculus import log_softmax
from polycontrast.contrast import centred
from polycontrast.objective import Held, Reduction, Role, objective, whole_batch

Rows = Annotated[Any, Role("rows", ("N D",), about="Embeddings.")]
_CENTERS = "Row c is the centre of cluster c. With ``comm=``, all ranks have the same."
Centers = Annotated[Any, Role("rows", ("C D",), about=_CENTERS)]
_TARGET = "Shares p of the clusters from an earlier pass; by default those of this call."
Shares = Annotated[Any, Role("rows", ("N C",), constant=True, low=0.0, about=_TARGET)]


@objective(
    invariances=("sample_permutation", "rotation", "translation"),
    held=Held("z", "centers", target=None),
)
def dec_kl(
    z: Rows,
    centers: Centers,
    target: Shares | None = None,
    *,
    reduction: Reduction = "mean",
):
    r"""Divergence of soft assignments to clusters from sharper ones, which are held (DEC).

    .. math:: \frac{1}{N} \sum_i \sum_c p_{ic} \log \frac{p_{ic}}{q_{ic}}, \quad
              q_{ic} \propto \frac{1}{1 + |z_i - \mu_c|^2}, \quad
              p_{ic} \propto \frac{q_{ic}^2}{\sum_j q_{jc}}

    Parameters
    ----------
    target
        Each row has the sum 1.

    Notes
    -----
    Rows of q and p have the sum 1. The sum of clusters in p goes over the samples of all ranks. The
    targets p are constants: with :math:`A = \frac{2}{N} k (p - q)` and the kernel
    :math:`k = 1 / (1 + |z - \mu|^2)` the gradients are :math:`\mathrm{diag}(A 1) z - A \mu` and
    :math:`\mathrm{diag}(A^\top 1) \mu - A^\top z`. All shares are computed in logarithms. Distances
    are made of products, after the mean row is subtracted: in float32 a squared distance has an
    error of about 1e-7 times the squared length of the rows from their mean.

    References
    ----------
    J. Xie, R. Girshick, A. Farhadi, "Unsupervised Deep Embedding for Clustering Analysis" (DEC),
    ICML 2016, arXiv 1511.06335.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> z = np.asarray([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    >>> float(pc.dec_kl(z, z[:2]).round(6))
    0.032513
    """
    xp, batch = namespace(z), whole_batch()
    rows, means = centred(z, centers)
    squares = row_dot(rows, rows)[:, None] + row_dot(means, means)[None, :]
    squares = xp.maximum(squares - 2 * matmul(rows, transpose(means)), xp.zeros_like(squares))
    log_q, _ = log_softmax(-xp.log1p(squares))
    if target is None:
        log_p, _ = log_softmax(2 * log_q - batch.logsumexp(log_q, axis=0)[None, :])
        target = xp.exp(log_p)
    else:
        log_p = safe_log(target)
    excess = xp.where(target == 0, 0.0, target * (log_p - log_q))

    def back(g):
        mass = xp.sum(target, axis=1, keepdims=True)
        weights = 2 * g[:, None] * (target - mass * xp.exp(log_q)) / (1 + squares)
        on_rows = xp.sum(weights, axis=1)[:, None] * rows - matmul(weights, means)
        on_means = xp.sum(weights, axis=0)[:, None] * means - matmul(transpose(weights), rows)
        return {"z": on_rows, "centers": on_means}

    return xp.sum(excess, axis=1), back

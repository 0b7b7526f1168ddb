"""Contrast of a sample with the parts of it, against the parts of others."""

from typing import Annotated, Any

from polycontrast.arrays import namespace, sigmoid, softplus
from polycontrast.contrast.anchor import Contrast
from polycontrast.objective import Embeddings, Presence, Reduction, Role, Temperature, objective
from polycontrast.similarity import OtherSamples, Present, Rule

_LOCAL = "Embeddings of the L parts of each sample, such as patches or tokens."
Parts = Annotated[Any, Role("rows", ("B L D",), about=_LOCAL)]
PartsMask = Annotated[Any, Presence("B L", "a part")]


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def local_mi(
    x: Embeddings,
    local: Parts,
    mask: PartsMask | None = None,
    *,
    temperature: Temperature = 0.07,
    reduction: Reduction = "mean",
):
    r"""Contrast of whole samples with their own parts, against the parts of other samples.

    .. math:: \frac{1}{B} \sum_i \frac{1}{n_i} \sum_j \Big[ \log \Big( e^{u_{ij}} + \sum_{k \ne i}
              \sum_l e^{\langle \hat x_i, \hat l_{kl} \rangle / \tau} \Big) - u_{ij} \Big],\quad
              u_{ij} = \langle \hat x_i, \hat l_{ij} \rangle / \tau

    Parameters
    ----------
    x
        Embeddings of whole samples. All rows are scaled to unit length.
    local
        In the paper they are of the momentum encoder, and constants.
    temperature
        CLIP's initial value, as in the authors' code.
    reduction
        That of a sample is the mean over its :math:`n_i` parts that exist.

    Notes
    -----
    Other parts of the same sample are neither positives nor negatives. So the log-sum-exp over the
    negatives is one for all parts of a sample, and the B x BL products are computed once, in tiles;
    the published code repeats them for each part. A sample without parts counts in no mean. With
    L = 1 it is one direction of `info_nce`. ``B = 1``: value 0, gradient 0.

    References
    ----------
    J. Yang, J. Duan, S. Tran, Y. Xu, S. Chanda, L. Chen, B. Zeng, T. Chilimbi, J. Huang,
    "Vision-Language Pre-Training with Triple Contrastive Learning", CVPR 2022, arXiv 2202.10401.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.eye(3)
    >>> local = np.stack([x, np.roll(x, 1, axis=1)], axis=1)
    >>> float(pc.local_mi(x, local, temperature=1.0).round(6))
    1.518704
    """
    xp = namespace(x)
    pairs: Rule = OtherSamples()
    there = xp.ones_like(local[:, :, 0])
    if mask is not None:
        local = xp.where(mask[:, :, None], local, 0.0)
        there = xp.where(mask, there, 0.0)
        whole = xp.ones_like(mask[:, 0])
        pairs = pairs & Present(whole[None, :], xp.matrix_transpose(mask))
    rows = Contrast(temperature, True, x=x, local=local)
    others = rows.pairs("x", "local", pairs)
    own, to_rows = rows.each("x", "local")
    excess = others.values[:, None] - rows.scale * own
    share = there / xp.maximum(xp.sum(there, axis=1, keepdims=True), xp.ones_like(there[:, :1]))

    def back(g):
        weights = g[:, None] * share * sigmoid(excess)
        grads = others.pull(xp.sum(weights, axis=1))
        for name, grad in to_rows(-rows.scale * weights).items():
            grads[name] = grads[name] + grad
        return rows.to_arguments(grads)

    losses = xp.sum(share * softplus(excess), axis=1)
    return losses, back, None if mask is None else xp.any(mask, axis=1)

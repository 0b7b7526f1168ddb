"""InfoNCE of global rows with the local rows of one modality."""

from typing import Annotated, Any

from polycontrast.arrays import Array, namespace, softplus_with_slope
from polycontrast.contrast.anchor import Contrast, Logits, Outer, Term
from polycontrast.objective import (
    Embeddings,
    Normalize,
    Reduction,
    Role,
    Temperature,
    objective,
)
from polycontrast.similarity import OtherSamples, Present, Rule

_LOCAL = "L local rows of each sample, such as patches or tokens."
_THERE = "True where a local row exists; what is elsewhere is not read."
Local = Annotated[Any, Role("rows", ("B L D",), about=_LOCAL)]
LocalMask = Annotated[Any, Role("rows", ("B L",), dtype="bool", about=_THERE)]


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def local_mi(
    x: Embeddings,
    local: Local,
    mask: LocalMask | None = None,
    *,
    temperature: Temperature = 0.07,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""InfoNCE of each sample with each of its local rows, against those of all other samples.

    .. math:: \frac{1}{B} \sum_i \frac{1}{|J_i|} \sum_{j \in J_i} \Big[ \log \Big( e^{s_{iij}}
              + \sum_{k \ne i} \sum_{l \in J_k} e^{s_{ikl}} \Big) - s_{iij} \Big],\quad
              s_{ikl} = \langle \hat x_i, \hat l_{kl} \rangle / \tau

    Parameters
    ----------
    x
        The row of the whole image or text.
    local
        In the paper those of a momentum encoder, which are constants.
    mask
        The set :math:`J_i` of a sample. A sample without local rows has no term.
    temperature
        The paper's value.

    Notes
    -----
    Other local rows of the sample are neither positives nor negatives. All terms of a sample share
    one log-sum-exp :math:`N_i` of the negatives. So the products of all x with all local rows are
    computed once, in tiles. With :math:`q_j = \sigma(N_i - s_{iij}) / |J_i|` the derivative by the
    logit of a local row is :math:`-q_j`, and by that of a negative its softmax times
    :math:`\sum_j q_j`. ``B = 1``: 0.

    References
    ----------
    J. Yang et al., "Vision-Language Pre-Training with Triple Contrastive Learning" (TCL), CVPR
    2022, arXiv 2202.10401.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.eye(3)
    >>> local = np.stack([x, np.ones((3, 3))], axis=1)
    >>> float(pc.local_mi(x, local, temperature=1.0).round(6))
    1.265239
    """
    xp = namespace(x)
    others: Rule = OtherSamples()
    if mask is not None:
        local = xp.where(mask[:, :, None], local, 0.0)
        there = xp.matrix_transpose(mask)
        others = others & Present(xp.ones_like(there[:1, :]), there)
    rows = Contrast(temperature, normalize, x=x, local=local)
    products, to_rows = rows.each("x", "local")
    negatives = rows.pairs("x", "local", others)
    term = Term(
        Logits(rows.scale * products, lambda g: to_rows(rows.scale * g)),
        [Logits(negatives.values[:, None], lambda g: negatives.pull(xp.sum(g, axis=1)))],
    )
    count = xp.ones_like(products) if mask is None else xp.astype(mask, x.dtype)
    total = xp.sum(count, axis=1, keepdims=True)
    losses, back = rows.losses(term, outer=_averaged(count / xp.maximum(total, 1.0)))
    return losses, back, None if mask is None else total[:, 0] > 0


def _averaged(share: Array) -> Outer:
    """Cross-entropies (B, L) of an anchor, added up with their shares."""

    def outer(u: Array):
        losses, slope = softplus_with_slope(u)
        return namespace(u).sum(share * losses, axis=1), lambda g: g[:, None] * share * slope()

    return outer

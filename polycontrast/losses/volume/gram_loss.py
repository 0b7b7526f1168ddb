"""Contrastive loss on volumes."""

from typing import Annotated, Any

from polycontrast.arrays import add_, namespace, plus_scaled_rows, row_dot
from polycontrast.calculus import gram_schmidt, heights, pull_qr, unit_rows
from polycontrast.contrast import count_pairs, other_items
from polycontrast.losses.volume._both_ways import both_ways
from polycontrast.objective import (
    Embeddings,
    Ids,
    Interval,
    Normalize,
    Reduction,
    Role,
    Temperature,
    Weights,
    objective,
    whole_batch,
)
from polycontrast.similarity import (
    Present,
    Similarity,
    Volume,
)

Others = Annotated[Any, Role("views", ("M B D",), least_views=1)]
AnchorMask = Annotated[Any, Role("mask", ("1+M B",), dtype="bool")]


@objective(invariances=("sample_permutation", "rotation", "row_scale"), aliases=("GRAM",))
def gram_loss(
    anchor: Embeddings,
    others: Others,
    mask: AnchorMask | None = None,
    weights: Weights | None = None,
    ids: Ids | None = None,
    *,
    temperature: Temperature = 0.07,
    label_smoothing: Annotated[float, Interval(0.0, 1.0)] = 0.0,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Symmetric contrastive loss with minus the volume as similarity (GRAM).

    .. math:: \frac{1}{2B} \sum_i \big[ -\log \mathrm{softmax}_j(-\mathrm{Vol}_{ij}/\tau)_i
              - \log \mathrm{softmax}_j(-\mathrm{Vol}_{ji}/\tau)_i \big], \quad \mathrm{Vol}_{ij}
              = \mathrm{Vol}(x_i, y^1_j, \dots, y^k_j)

    Parameters
    ----------
    anchor
        The modality that is compared with all tuples.
    others
        The other modalities; row j of all of them makes the tuple j.
    mask
        The anchor comes first. Tuples with a missing member are left out, and only complete samples
        have a term.
    temperature
        The authors' initial value of a learned temperature.
    label_smoothing
        Share of the target that is spread over all candidates; 0.1 in the authors' code.

    Notes
    -----
    With :math:`S_{ij} = -\mathrm{Vol}(x_i, y^1_j, \dots, y^k_j)/\tau` the loss is the mean of the
    cross-entropies along rows (given the anchor, find its tuple) and columns (the reverse).

    No determinant is taken for a pair: each tuple gets one thin QR with basis :math:`q_b` and
    height h, and :math:`\mathrm{Vol}_{ij} = h_j \sqrt{|x_i|^2 - \sum_b \langle x_i, q_{bj}
    \rangle^2}` from k products of B x B x D, six with the gradient. Matching pairs are computed
    from residuals. Dependent tuples have volume 0 and gradient 0. A loss of antipodal vectors is
    that of equal ones. ``B = 1``: 0.

    References
    ----------
    G. Cicchetti, E. Grassucci, L. Sigillo, D. Comminiello, "Gramian Multimodal Representation
    Learning and Alignment", ICLR 2025, arXiv 2412.11959.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.eye(3)
    >>> float(pc.gram_loss(x, [x], temperature=1.0).round(6))
    0.551445
    """
    xp, k, scale = namespace(anchor), others.shape[0], 1 / temperature
    complete: Any = None
    pairs = other_items(ids)
    if mask is not None:
        tuples = xp.all(mask[1:, :], axis=0)
        complete, pairs = mask[0, :] & tuples, pairs & Present(mask[:1, :], tuples[None, :])
        anchor = xp.where(mask[0, :, None], anchor, 0.0)
        others = xp.where(mask[1:, :, None], others, 0.0)
    x, x_back = unit_rows(anchor, normalize)
    y, y_back = unit_rows(others, normalize)
    # The anchor comes last: without it the same bases are those of the tuple.
    bases, r = gram_schmidt([*(y[b, ...] for b in range(k)), x])
    q = bases[:k]
    one = xp.ones_like(temperature)
    score = Volume(row_dot(x, x), heights(r, k), scale)
    matrix = Similarity(x, xp.stack(q, axis=0), scale=one, pairs=pairs, score=score)
    matching = heights(r, k + 1)
    positive = -scale * matching

    def candidates():
        if mask is None and ids is None:
            return [whole_batch().samples(x.shape[0])] * 2
        return [others + 1 for others in count_pairs(pairs, x, columns=True)]

    losses, losses_back = both_ways(matrix, positive, label_smoothing, candidates)

    def back(g):
        on_positive, on_matrix = losses_back(g)
        on_logits = xp.sum(on_positive * positive) + xp.sum(on_matrix.of_columns)
        on_log_heights = {k: on_matrix.of_columns, k + 1: -scale * on_positive * matching}
        on_basis = [on_matrix.y[b, ...] for b in range(k)]
        *gy, gx = pull_qr(bases, r, on_log_heights, on_basis)
        gx = plus_scaled_rows(add_(gx, on_matrix.x), 2 * on_matrix.of_rows, x)
        # A pair's dL/dlog h is its logit times dL/dlogit: nothing cancels where volumes are small.
        return {
            "anchor": x_back(gx),
            "others": y_back(xp.stack(gy, axis=0)),
            "temperature": -scale * on_logits,
        }

    return losses, back, complete

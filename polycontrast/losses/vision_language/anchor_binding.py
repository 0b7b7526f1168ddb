"""InfoNCE of every modality with one anchor modality."""

from typing import Annotated, Any

from polycontrast.arrays import device, namespace, row_dot, sigmoid, softplus
from polycontrast.calculus import sample_gram
from polycontrast.contrast import MissingViews, block_logsumexp, view_pairs
from polycontrast.objective import (
    BadArgument,
    Ids,
    Index,
    Mask,
    Normalize,
    Reduction,
    Role,
    Same,
    Views,
    objective,
    of_views,
)

_TAUS = r"Temperature :math:`\tau` of all modalities, or of each; differentiable."
ByView = Annotated[Any, Role("scalar", ("M",), low=0.0, open_low=True, about=_TAUS)]
_SHARES = "Weight of each modality; that of the anchor is unused."
Shares = Annotated[Any, Role("rows", ("M",), constant=True, low=0.0, about=_SHARES)]


@objective(
    invariances=("sample_permutation", "rotation", "row_scale"),
    same_as=(Same("info_nce", of=of_views("x", "y")),),
    aliases=("ImageBind",),
)
def anchor_binding(
    views: Views,
    weights: Shares | None = None,
    mask: Mask | None = None,
    ids: Ids | None = None,
    *,
    anchor: Index = 0,
    temperature: ByView = 0.07,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""InfoNCE of every other modality with the anchor modality (ImageBind).

    .. math:: \sum_{m \ne a} w_m\, \tfrac{1}{2} \big[ \mathrm{CE}(x_a \to x_m; \tau_m)
              + \mathrm{CE}(x_m \to x_a; \tau_m) \big]

    Parameters
    ----------
    weights
        The default :math:`w_m = 1 / (M - 1)` is the mean over the modalities.
    mask
        A missing row is no anchor, positive or negative. The weights remain as they are, and a
        sample without a pair counts in no mean.
    anchor
        Index of the anchor modality a; the images in the paper.
    temperature
        CLIP's initial value. That of the anchor is unused. The fixed ones of the paper are 0.05 for
        audio, 0.2 for depth, 0.1 for thermal images and 0.2 for movements.

    Raises
    ------
    ValueError
        When `anchor` is none of the views.

    Notes
    -----
    The paper trains one modality in a batch and adds both directions, which is twice the value.
    Other modalities come together by way of the anchor alone: M - 1 products and not M (M - 1) / 2.
    Without weights it is `multiview_coding` with ``graph="core"`` over 2 (M - 1). With the softmax
    P of a direction, the derivative by a logit is :math:`w_m (P_{ij} - \delta_{ij}) / 2`.

    References
    ----------
    R. Girdhar et al., "ImageBind: One Embedding Space To Bind Them All", CVPR 2023, arXiv
    2305.05665.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> views = np.stack([np.eye(3)] * 4)
    >>> float(pc.anchor_binding(views, temperature=1.0).round(6))
    0.551445
    """
    xp, count = namespace(views), views.shape[0]
    if anchor >= count:
        raise BadArgument(f"anchor must be the index of one of {count} views, got {anchor}")
    there = MissingViews(views, mask, ids)
    z, z_back = there.unit_rows(normalize)
    bound = xp.arange(count, dtype=xp.int32, device=device(z)) != anchor
    # The other modalities, and not the anchor, are divided by their temperature.
    scale = xp.where(bound, 1 / temperature, 1.0)[:, None, None]
    rows, one = scale * z, xp.ones((), dtype=z.dtype, device=device(z))
    chosen = [pair for pair in view_pairs(count) if anchor in pair]
    negatives, pull = block_logsumexp(rows, one, chosen, there)
    s, s_back = sample_gram(rows)
    logit = negatives - s  # (M, M, B): view of the anchor row, view of the candidates, sample
    shares = one / (count - 1) if weights is None else weights
    shares = xp.where(bound, shares / 2, 0.0)
    shares = (shares[:, None] + shares[None, :])[:, :, None]  # one of both is the anchor
    pairs, zeros = there.pairs(chosen), xp.zeros_like(logit)
    losses = xp.sum(xp.where(pairs, shares * softplus(logit), zeros), axis=(0, 1))

    def back(g):
        p = xp.where(pairs, shares * g[None, None, :] * sigmoid(logit), zeros)
        on_rows = pull(p) + s_back(-p)
        of_each = -xp.where(bound, xp.sum(row_dot(rows, on_rows), axis=1), 0.0) / temperature
        on_tau = of_each if temperature.ndim else xp.sum(of_each)
        return {"views": z_back(scale * on_rows), "temperature": on_tau}

    return losses, back, there.samples_with(chosen)

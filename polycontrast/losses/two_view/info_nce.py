"""InfoNCE: cross-entropy of matching pairs among in-batch candidates and a queue."""

from typing import Annotated, Any

from polycontrast.arrays import namespace
from polycontrast.contrast import other_items
from polycontrast.contrast.anchor import Contrast, Linear, Term
from polycontrast.losses.two_view._smoothing import (
    even_smoothing,
    summed_queue,
    uneven_smoothing,
)
from polycontrast.objective import (
    BadArgument,
    Embeddings,
    Ids,
    Interval,
    Normalize,
    Presence,
    Reduction,
    Role,
    Temperature,
    Weights,
    objective,
)
from polycontrast.similarity import Labels

Negatives = Annotated[Any, Role("rows", ("K D", "B K D"), empty="K")]
_ITEMS = "The item of each of `negatives`; those of the anchor's item, see `ids`, are left out."
NegativeIds = Annotated[Any, Role("rows", ("K", "B K"), dtype="integral", about=_ITEMS)]
NegativesMask = Annotated[Any, Presence("B K", "one of the K negatives of a row")]


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def info_nce(
    x: Embeddings,
    y: Embeddings,
    negatives: Negatives | None = None,
    weights: Weights | None = None,
    ids: Ids | None = None,
    negative_ids: NegativeIds | None = None,
    negatives_mask: NegativesMask | None = None,
    *,
    temperature: Temperature = 0.07,
    symmetric: bool = True,
    in_batch: bool = True,
    label_smoothing: Annotated[float, Interval(0.0, 1.0)] = 0.0,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Cross-entropy of each row's match among its candidates (InfoNCE, CLIP, MoCo, ALIGN).

    The default is CLIP, with a learned temperature. ALIGN: ``label_smoothing=0.1`` and twice the
    value. MoCo: ``symmetric=False, in_batch=False, negatives=queue``, temperature 0.07 or 0.2.

    .. math:: \frac{1}{2B} \sum_i \Big[ \log \sum_j e^{\langle \hat x_i, \hat y_j \rangle / \tau}
              + \log \sum_j e^{\langle \hat x_j, \hat y_i \rangle / \tau}
              - 2 \langle \hat x_i, \hat y_i \rangle / \tau \Big]

    Parameters
    ----------
    x, y
        Two views or modalities.
    negatives
        More candidates for the rows of `x`: shared, or K for each row; a queue may still be empty.
        They belong to the side of `y`, so the direction from `y` to `x` does not use them. With
        ``comm=``, shared ones are the same on all ranks.
    negative_ids
        Of the shape of `negatives` without D.
    temperature
        CLIP's initial value.
    symmetric
        Average both directions, or take `x` as the anchors only.
    in_batch
        Candidates of :math:`x_i` are all :math:`y_j`, or :math:`y_i` and the negatives alone (which
        needs ``symmetric=False``).
    label_smoothing
        Share :math:`e` of the target that is spread over all n candidates.

    Raises
    ------
    ValueError
        When ``in_batch=False`` is used with ``symmetric=True``, `negative_ids` without `ids` and
        `negatives`, or `negatives_mask` without negatives of each row.

    Notes
    -----
    With the logits :math:`s` of an anchor, its n candidates and its positive :math:`d`,

    .. math:: \ell = \mathrm{LSE}(s) - (1 - e)\, d - \tfrac{e}{n} \sum s .

    It is computed as :math:`\mathrm{softplus}(N - d) + e\,(d - \bar s)` with the log-sum-exp
    :math:`N` over the other candidates. With :math:`q = \sigma(N - d)`, the gradient weight of a
    candidate is :math:`q\, e^{s - N}`, that of the positive is :math:`-q`, and smoothing adds
    constants. The value takes one product. Value and gradient take three, or four when tiled.
    Memory is O(B D) when tiled. An anchor without negatives has loss 0 and gradient 0. Where
    anchors differ in their number of candidates, smoothing takes one more product.

    References
    ----------
    A. van den Oord, Y. Li, O. Vinyals, "Representation Learning with Contrastive Predictive
    Coding", 2018, arXiv 1807.03748. K. He et al., CVPR 2020, arXiv 1911.05722. A. Radford et al.,
    ICML 2021, arXiv 2103.00020. C. Jia et al., ICML 2021, arXiv 2102.05918.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.eye(3)
    >>> value, grads = pc.info_nce.value_and_grad(x, x, temperature=1.0, wrt="temperature")
    >>> float(value.round(6)), float(grads.temperature.round(6))
    (0.551445, 0.423883)
    """
    if symmetric and not in_batch:
        raise BadArgument("symmetric=True needs in_batch=True, got in_batch=False")
    if negative_ids is not None:
        if ids is None or negatives is None:
            raise BadArgument("negative_ids needs ids and negatives, got them not")
        if negative_ids.ndim != negatives.ndim - 1:
            got = f"{tuple(negative_ids.shape)} for negatives {tuple(negatives.shape)}"
            raise BadArgument(f"negative_ids must have the shape of negatives without D, got {got}")
    if negatives_mask is not None:
        if negatives is None or negatives.ndim != 3:
            got = "none" if negatives is None else f"shape {tuple(negatives.shape)}"
            raise BadArgument(f"negatives_mask needs negatives of shape (B, K, D), got {got}")
        negatives = namespace(x).where(negatives_mask[:, :, None], negatives, 0.0)
    given = negatives
    if given is not None and given.shape[-2] == 0:
        negatives = negative_ids = None
    rows = Contrast(temperature, normalize, x=x, y=y, negatives=negatives)
    positive = rows.match("x", "y")
    terms, pairs = [Term(positive, [])], None
    if in_batch:
        pairs = other_items(ids)
        terms = rows.in_batch("x", "y", pairs, positive, symmetric)
    others: Any = negatives_mask
    if negatives is not None and negative_ids is not None and ids is not None:
        if negatives.ndim == 2:
            others = Labels(ids, negative_ids, same=False)
        else:
            other_item = negative_ids != ids[:, None]
            others = other_item if others is None else others & other_item
    uneven = (ids is not None and in_batch) or others is not None
    queue = None
    if negatives is not None and label_smoothing and uneven:
        queue = summed_queue(rows, others)
        terms[0].negatives.append(queue.logsumexp)
    elif negatives is not None:
        terms[0].negatives.append(rows.queue("x", "negatives", others))
    smoothed: Linear = ()
    if label_smoothing and uneven:
        smoothed = uneven_smoothing(rows, positive, label_smoothing, pairs, queue, symmetric)
    elif label_smoothing:
        smoothed = even_smoothing(rows, positive, label_smoothing, in_batch, symmetric)
    losses, back = rows.losses(*terms, plus=smoothed)
    if negatives is given:
        return losses, back
    return losses, lambda g: back(g) | {"negatives": namespace(x).zeros_like(given)}

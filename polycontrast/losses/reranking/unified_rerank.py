"""A surrogate that joins the weights of one loss of rerankers with the direction of another."""

from typing import Annotated, Literal

from polycontrast.arrays import namespace, sigmoid
from polycontrast.losses.reranking._answers import (
    No,
    Yes,
    contrast_of_first,
    of_right_answer,
    signs,
)
from polycontrast.objective import Held, Interval, Reduction, objective


@objective(
    invariances=("sample_permutation",),
    held=Held("yes", "no", weight=("sft", "cl")),
)
def unified_rerank(
    yes: Yes,
    no: No,
    *,
    weight: Literal["sft", "cl", "one"] = "sft",
    direction: Literal["sft", "cl"] = "sft",
    easy_threshold: Annotated[float, Interval(0.0, 1.0)] | None = None,
    reduction: Reduction = "mean",
):
    r"""Sum of scores of the documents of a query, with the weights of another loss.

    .. math:: \frac{1}{B} \sum_i \Big[ - W_{i0} D_{i0} + \sum_{k=1}^{K} W_{ik} D_{ik} \Big]

    Parameters
    ----------
    weight
        The weights W, which are constants. ``"sft"``: one minus the probability of the right
        answer, from `yes` and `no`. ``"cl"``: the softmax of `yes` over the documents of a query;
        for the relevant one, one minus that. ``"one"``: all 1.
    direction
        The scores D: `yes` less `no`, or ``"cl"``: `yes` alone.
    easy_threshold
        A document has weight 0 where the probability of the right answer is above one minus this.

    Notes
    -----
    Only the gradient has a meaning: it is :math:`- W_{i0} / B` by the score of the relevant
    document, and :math:`W_{ik} / B` by the others. With both choices ``"sft"`` it is that of
    `rerank_bce` with ``document_reduction="sum"``. With both ``"cl"`` it is that of
    `rerank_info_nce`, and `no` has gradient 0. The value may be negative. With ``weight="one"`` the
    gradient is that of the value. No code was at hand: the formulas are from summaries of the
    paper.

    References
    ----------
    Z. Dai et al., "Supervised Fine-Tuning or Contrastive Learning? Towards Better Multimodal LLM
    Reranking", 2025, arXiv 2510.14824.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> yes, no = np.asarray([[2.0, 0.0, 1.0]]), np.zeros((1, 3))
    >>> float(pc.unified_rerank(yes, no).round(6)), float(pc.unified_rerank(yes, no, weight="one"))
    (0.492653, -1.0)
    """
    xp, right = namespace(yes), of_right_answer(yes, no)
    if weight == "cl":
        losses, pull = contrast_of_first(yes)
        weights = pull(xp.ones_like(losses))
    else:
        weights = -signs(yes) * (sigmoid(-right) if weight == "sft" else xp.ones_like(yes))
    if easy_threshold is not None:
        weights = xp.where(sigmoid(-right) < easy_threshold, 0.0, weights)
    weights = weights + 0 * right  # what is not finite shows, whichever of the two holds it
    on_both = direction == "sft"

    def back(g):
        on_score = g[:, None] * weights
        return {"yes": on_score, "no": -on_score if on_both else xp.zeros_like(no)}

    return xp.sum(weights * (yes - no if on_both else yes), axis=1), back

"""Classification of each document of a query as relevant or not."""

from typing import Annotated, Literal

from polycontrast.arrays import namespace, sigmoid, softplus
from polycontrast.losses.reranking._answers import No, Yes, of_right_answer, signs
from polycontrast.objective import Reduction, Role, objective

_DOCUMENTS = "Mean or sum over the documents of a query."
OverDocuments = Annotated[Literal["mean", "sum"], Role("option", about=_DOCUMENTS)]


@objective(invariances=("sample_permutation",))
def rerank_bce(
    yes: Yes,
    no: No,
    *,
    document_reduction: OverDocuments = "mean",
    reduction: Reduction = "mean",
):
    r"""Cross-entropy of the right one of the answers "yes" and "no" for each document.

    .. math:: \frac{1}{B (1 + K)} \sum_i \Big[ \mathrm{softplus}(-u_{i0})
              + \sum_{k=1}^{K} \mathrm{softplus}(u_{ik}) \Big],
              \quad u_{ik} = s^{\mathrm{yes}}_{ik} - s^{\mathrm{no}}_{ik}

    Notes
    -----
    Fine-tuning of a language model with this loss is "SFT" in the paper. Only the difference u of
    the two logits counts: the gradients of `yes` and `no` are opposite,
    :math:`\pm (\sigma(u_{ik}) - [k = 0]) / (B (1 + K))`.

    References
    ----------
    Z. Dai et al., "Supervised Fine-Tuning or Contrastive Learning? Towards Better Multimodal LLM
    Reranking", 2025, arXiv 2510.14824.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> yes, no = np.asarray([[2.0, 0.0, 1.0]]), np.asarray([[0.0, 1.0, 1.0]])
    >>> float(pc.rerank_bce(yes, no).round(6))
    0.377779
    """
    right = of_right_answer(yes, no)
    share = 1 / yes.shape[1] if document_reduction == "mean" else 1.0

    def back(g):
        on_yes = -signs(yes) * (share * g)[:, None] * sigmoid(-right)
        return {"yes": on_yes, "no": -on_yes}

    return share * namespace(yes).sum(softplus(-right), axis=1), back

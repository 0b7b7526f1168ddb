"""Contrast of the documents of a query by the scores of a reranker."""

from polycontrast.arrays import inner
from polycontrast.losses.reranking._answers import Yes, contrast_of_first
from polycontrast.objective import Reduction, Temperature, objective


@objective(invariances=("sample_permutation",))
def rerank_info_nce(yes: Yes, *, temperature: Temperature = 1.0, reduction: Reduction = "mean"):
    r"""Cross-entropy of the relevant document of a query among its documents.

    .. math:: \frac{1}{B} \sum_i \Big[ \log \sum_{k=0}^{K} e^{s_{ik} / \tau} - s_{i0} / \tau \Big]

    Parameters
    ----------
    yes
        Any other score of a document will do as well.
    temperature
        By default scores are logits already.

    Notes
    -----
    With the softmax P of a query, the gradient is :math:`(P_{ik} - [k = 0]) / (B \tau)`. A shift of
    all scores of a query changes nothing. A query without other documents has loss 0. In
    `unified_rerank` it is weight ``"cl"`` with direction ``"cl"``.

    References
    ----------
    Z. Dai et al., "Supervised Fine-Tuning or Contrastive Learning? Towards Better Multimodal LLM
    Reranking", 2025, arXiv 2510.14824.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> yes = np.asarray([[2.0, 0.0, 1.0], [0.5, 0.5, 0.5]])
    >>> float(pc.rerank_info_nce(yes).round(6))
    0.753109
    """
    logits = (yes - yes[:, :1]) / temperature  # differences keep the digits of large scores
    losses, pull = contrast_of_first(logits)

    def back(g):
        on_logits = pull(g)
        on_tau = -inner(logits, on_logits) / temperature
        return {"yes": on_logits / temperature, "temperature": on_tau}

    return losses, back

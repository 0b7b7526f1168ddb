"""InfoNCE with a weight on each hard negative."""

from typing import Annotated, Any

from polycontrast.arrays import safe_log
from polycontrast.contrast.anchor import Term
from polycontrast.losses.retrieval._documents import (
    DocumentIds,
    Documents,
    HardNegatives,
    NegativeIds,
)
from polycontrast.objective import (
    Embeddings,
    Normalize,
    Reduction,
    Role,
    Temperature,
    objective,
)

_ABOUT = "Weight of each of `negatives`; it is constant."
NegativeWeights = Annotated[
    Any, Role("rows", ("B K",), constant=True, low=0.0, ragged="K", about=_ABOUT)
]


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def ipw_info_nce(
    x: Embeddings,
    y: Embeddings,
    negatives: HardNegatives,
    negative_weights: NegativeWeights,
    ids: DocumentIds | None = None,
    negative_ids: NegativeIds | None = None,
    *,
    temperature: Temperature = 0.05,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Cross-entropy of each match among the batch and own hard negatives with weights.

    .. math:: \frac{1}{B} \sum_i \Big[ \log \Big( \sum_j e^{\langle \hat x_i, \hat y_j \rangle /
              \tau} + \sum_k w_{ik} e^{\langle \hat x_i, \hat n_{ik} \rangle / \tau} \Big)
              - \langle \hat x_i, \hat y_i \rangle / \tau \Big]

    Parameters
    ----------
    x, y
        Anchors and their matches.
    negatives
        They belong to their own row alone.
    negative_weights
        A negative of weight 0 is left out. `ipw_probabilities` gives weights.
    temperature
        That of SimCSE.

    Raises
    ------
    ValueError
        When `negative_ids` is used without `ids`.

    Notes
    -----
    With the logarithms of the weights added to the logits this is `info_nce` with own negatives and
    ``symmetric=False``; all weights 1 are that loss. The paper weights the *draw* of positives and
    negatives by their inverse propensity. This loss, which weights negatives in place of drawing
    them, is ours.

    References
    ----------
    P. Miao, Z. Du, J. Zhang, "DebCSE: Rethinking Unsupervised Contrastive Sentence Embedding
    Learning in the Debiasing Perspective", CIKM 2023, arXiv 2309.07396.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, negatives = np.eye(3), np.ones((3, 1, 3))
    >>> loss = pc.ipw_info_nce(x, x, negatives, np.full((3, 1), 2.0), temperature=1.0)
    >>> float(loss.round(6))
    1.113952
    """
    given = dict(x=x, y=y, negatives=negatives)
    documents = Documents(temperature, normalize, ids, negative_ids, **given)
    rows, log_weights = documents.rows, documents.padded(safe_log(negative_weights))
    batch = rows.pairs("x", "y", documents.others)
    own = rows.own("x", "negatives", documents.there, plus=log_weights)
    return documents.losses(Term(rows.match("x", "y"), [batch, own]))

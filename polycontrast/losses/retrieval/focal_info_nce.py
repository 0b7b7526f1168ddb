"""InfoNCE in which easy queries count less."""

from polycontrast.contrast.anchor import Term, focal
from polycontrast.losses.retrieval._documents import (
    DocumentIds,
    Documents,
    HardNegatives,
    NegativeIds,
    NegativesMask,
)
from polycontrast.objective import (
    Embeddings,
    Held,
    Nonnegative,
    Normalize,
    Reduction,
    Same,
    Temperature,
    objective,
)


@objective(
    invariances=("sample_permutation", "rotation", "row_scale"),
    held=Held("x", "y", "negatives", "temperature", detach_weight=True),
    same_as=(Same("multiple_negatives_ranking", when={"gamma": 0.0}),),
)
def focal_info_nce(
    x: Embeddings,
    y: Embeddings,
    negatives: HardNegatives | None = None,
    ids: DocumentIds | None = None,
    negative_ids: NegativeIds | None = None,
    negatives_mask: NegativesMask | None = None,
    *,
    gamma: Nonnegative = 0.5,
    temperature: Temperature = 0.01,
    detach_weight: bool = False,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Cross-entropy of each query's document, times a power of its distance from certainty.

    .. math:: -\frac{1}{B} \sum_i (1 - p_i)^\gamma \log p_i,\quad
              p_i = \frac{e^{\langle \hat x_i, \hat y_i \rangle / \tau}}
              {\sum_j \big( e^{\langle \hat x_i, \hat y_j \rangle / \tau} + \sum_k
              e^{\langle \hat x_i, \hat n_{jk} \rangle / \tau} \big)}

    Parameters
    ----------
    x, y
        Queries, and the document of each.
    negatives
        All queries share them. With ``comm=`` their number may depend on the rank.
    gamma
        Power of the weight; 0 is plain cross-entropy.
    detach_weight
        Hold the weight constant in the gradient.

    Raises
    ------
    ValueError
        When `negative_ids` is used without `ids` and `negatives`, or `negatives_mask` without
        `negatives`.

    Notes
    -----
    With the difference u of the log-sum-exp of the negatives and the match, :math:`1 - p =
    \sigma(u)` and :math:`-\log p = \mathrm{softplus}(u)`, so the gradient is that of InfoNCE with
    one factor per query, :math:`\sigma(u)^\gamma (1 + \gamma (1 - \sigma(u)) \,
    \mathrm{softplus}(u) / \sigma(u))`. The loss falls as `gamma` grows. Without any negative it is
    0. Form and default are from the abstract and a public summary, as no code is public; another
    loss of this name (Hou and Li, 2023) has another formula.

    References
    ----------
    X. Zhao et al., "KaLM-Embedding-V2: Superior Training Techniques and Data Inspire A Versatile
    Embedding Model", ICLR 2026, arXiv 2506.20923.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.eye(3)
    >>> float(pc.focal_info_nce(x, x, gamma=2.0, temperature=1.0).round(6))
    0.099082
    """
    given = dict(x=x, y=y, negatives=negatives)
    documents = Documents(temperature, normalize, ids, negative_ids, negatives_mask, **given)
    batch = documents.rows.pairs("x", "y", documents.others)
    term = Term(documents.rows.match("x", "y"), [batch, *documents.hard()])
    return documents.losses(term, outer=focal(gamma, detach_weight))

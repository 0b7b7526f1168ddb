"""InfoNCE with several positives of each query."""

from typing import Annotated, Any

from polycontrast.arrays import namespace
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

_ABOUT = "P documents that belong to each query."
Positives = Annotated[Any, Role("rows", ("B P D",), about=_ABOUT)]


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def retrieval_info_nce(
    x: Embeddings,
    positives: Positives,
    negatives: HardNegatives | None = None,
    ids: DocumentIds | None = None,
    negative_ids: NegativeIds | None = None,
    *,
    temperature: Temperature = 0.02,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Cross-entropy of each positive of a query among the positives of its rank and all negatives.

    .. math:: \frac{1}{BP} \sum_{i, p} \Big[ \log \Big( \sum_j e^{\langle \hat x_i, \hat y_{jp}
              \rangle / \tau} + \sum_{j, k} e^{\langle \hat x_i, \hat n_{jk} \rangle / \tau} \Big)
              - \langle \hat x_i, \hat y_{ip} \rangle / \tau \Big]

    Parameters
    ----------
    x
        Queries.
    positives
        The other positives of a query are no candidates of its p-th. The paper has P = 2.
    negatives
        All queries share them. The paper has 4 of each. With ``comm=`` their number may depend on
        the rank.
    ids
        They stand for all positives of a query.
    temperature
        The paper's value.

    Raises
    ------
    ValueError
        When `negative_ids` is used without `ids` and `negatives`.

    Notes
    -----
    All P terms of a query share one log-sum-exp of the negatives. So P + K blocks of products are
    computed, where P (1 + K) would be without that. With the softmax of each term, the weight of a
    negative is the sum of its P softmax values, over P. One positive: `multiple_negatives_ranking`.
    Without any negative the loss is 0.

    References
    ----------
    B. Zhang et al., "CoDiEmb: A Collaborative yet Distinct Framework for Unified Representation
    Learning in Information Retrieval and Semantic Textual Similarity", 2025, arXiv 2508.11442.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.eye(3)
    >>> positives = np.stack([x, np.ones((3, 3))], axis=1)
    >>> float(pc.retrieval_info_nce(x, positives, temperature=1.0).round(6))
    0.825029
    """
    names = [f"positives[{p}]" for p in range(positives.shape[1])]
    parts = {name: positives[:, p, :] for p, name in enumerate(names)}
    given = dict(x=x, negatives=negatives) | parts
    documents = Documents(temperature, normalize, ids, negative_ids, **given)
    rows, others, hard = documents.rows, documents.others, documents.hard()
    terms = [Term(rows.match("x", name), [rows.pairs("x", name, others), *hard]) for name in names]
    losses, pull = documents.losses(*terms)

    def back(g):
        grads = pull(g)
        return grads | {"positives": namespace(x).stack([grads[n] for n in names], axis=1)}

    return losses, back

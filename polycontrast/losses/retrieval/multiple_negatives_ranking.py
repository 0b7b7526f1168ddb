"""The ranking of a document above the other documents of the batch."""

from typing import Literal, get_args

from polycontrast.arrays import row_dot
from polycontrast.contrast.anchor import Logits, Term
from polycontrast.losses.retrieval._documents import (
    DocumentIds,
    Documents,
    HardNegatives,
    NegativeIds,
    NegativesMask,
)
from polycontrast.objective import (
    BadArgument,
    Embeddings,
    Held,
    Nonnegative,
    Normalize,
    Reduction,
    Same,
    Temperature,
    objective,
)

Direction = Literal["query_to_doc", "query_to_query", "doc_to_query", "doc_to_doc"]
Hardness = Literal[None, "in_batch_negatives", "hard_negatives", "all_negatives"]


@objective(
    invariances=("sample_permutation", "rotation", "row_scale"),
    held=Held("x", "y", "negatives", hardness_mode=get_args(Hardness)[1:]),
    same_as=(
        Same("info_nce", when={"directions": ("query_to_doc",)}, symmetric=False),
        Same(
            "info_nce",
            when={"directions": ("query_to_doc", "doc_to_query"), "partition": "per_direction"},
        ),
    ),
    aliases=("MNRL", "MultipleNegativesRankingLoss", "InfoNCE with hard negatives"),
)
def multiple_negatives_ranking(
    x: Embeddings,
    y: Embeddings,
    negatives: HardNegatives | None = None,
    ids: DocumentIds | None = None,
    negative_ids: NegativeIds | None = None,
    negatives_mask: NegativesMask | None = None,
    *,
    temperature: Temperature = 0.05,
    directions: tuple[Direction, ...] = ("query_to_doc",),
    partition: Literal["joint", "per_direction"] = "joint",
    hardness_mode: Hardness = None,
    hardness_strength: Nonnegative = 0.0,
    false_negative_margin: float | None = None,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Cross-entropy of each query's document among all documents of the batch.

    With the documents :math:`d_{j0} = y_j` and hard negatives :math:`d_{jk}`,

    .. math:: \frac{1}{B} \sum_i \Big[ \log \sum_{j, k} e^{\langle \hat x_i, \hat d_{jk} \rangle /
              \tau} - \langle \hat x_i, \hat y_i \rangle / \tau \Big]

    Parameters
    ----------
    x, y
        Queries, and the document of each.
    negatives
        All queries share them. With ``comm=`` their number may depend on the rank.
    temperature
        One over the usual scale of 20.
    directions
        Blocks of candidates of a sample i, of which ``"query_to_doc"`` is required.
        ``"query_to_query"``: :math:`\langle x_i, x_j \rangle` for the other queries.
        ``"doc_to_query"``: :math:`\langle y_i, x_j \rangle` for all queries.
        ``"doc_to_doc"``: :math:`\langle y_i, d_{jk} \rangle` for documents of the other queries.
    partition
        One logarithm of all blocks, or the mean of the logarithms of ``"query_to_doc"`` and
        ``"doc_to_query"``, which alone hold the match.
    hardness_mode
        Candidates of ``"query_to_doc"`` that count more, the more similar they are: documents of
        other queries, own hard negatives, or both.
    hardness_strength
        Factor :math:`\alpha` of the similarity that is added to their logits, as a constant. The
        papers use 9 and 5.
    false_negative_margin
        Candidates whose similarity is above that of the match by more than this are left out of
        all blocks, as a constant decision. Qwen3-Embedding uses 0.1.

    Raises
    ------
    ValueError
        When `directions` lacks ``"query_to_doc"``, ``partition="per_direction"`` is used with
        blocks that lack the match, `negative_ids` without `ids` and `negatives`, `negatives_mask`
        without `negatives`, or `hardness_strength` without `hardness_mode`.

    Notes
    -----
    ``Cached`` variants have the same value, and tiles take no more memory than they do. With
    ``"doc_to_query"`` and one logarithm the match counts twice, so the loss is at least log 2. The
    product of queries and documents serves both directions, unless hardness changes one of them.
    With the softmax P over the candidates of a sample, hardness included, the derivative with
    respect to a similarity is :math:`P / \tau`, less :math:`1 / \tau` for the match.
    GTE: all directions. Queries of one document, see `ids`, are no negatives of each other and of
    it. The match in ``"doc_to_query"`` always counts. A candidate at the margin may be rounded to
    either side of it; so may one that equals the match, with a margin of 0. The identities are
    those without hard negatives.

    References
    ----------
    M. Henderson et al., "Efficient Natural Language Response Suggestion for Smart Reply", 2017,
    arXiv 1705.00652. Z. Li et al., "Towards General Text Embeddings with Multi-stage Contrastive
    Learning" (GTE), 2023, arXiv 2308.03281. Z. Lan et al., "LLaVE", 2025, arXiv 2503.04812.
    Y. Zhang et al., "Qwen3 Embedding", 2025, arXiv 2506.05176.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, negatives = np.eye(3), -np.eye(3)[:, None, :]
    >>> float(pc.multiple_negatives_ranking(x, x, negatives, temperature=1.0).round(6))
    0.958144
    """
    chosen = set(directions)
    if "query_to_doc" not in chosen:
        raise BadArgument(f'directions must hold "query_to_doc", got {directions}')
    if partition == "per_direction" and not chosen <= {"query_to_doc", "doc_to_query"}:
        both = '"query_to_doc" and "doc_to_query" alone'
        raise BadArgument(f'partition="per_direction" needs directions of {both}, got {directions}')
    if hardness_strength and hardness_mode is None:
        raise BadArgument(
            f"hardness_strength needs a hardness_mode, got {hardness_strength:g} alone"
        )
    given = dict(x=x, y=y, negatives=negatives)
    documents = Documents(temperature, normalize, ids, negative_ids, negatives_mask, **given)
    rows, others = documents.rows, documents.others
    match = rows.match("x", "y")
    at_most = None
    if false_negative_margin is not None:
        at_most = row_dot(rows.rows["x"], rows.rows["y"]) + false_negative_margin
    in_batch = (
        hardness_strength if hardness_mode in ("in_batch_negatives", "all_negatives") else 0.0
    )
    own = hardness_strength if hardness_mode in ("hard_negatives", "all_negatives") else 0.0
    to_query: list[Logits] = []
    if "doc_to_query" in chosen and not in_batch:
        to_doc, *to_query = rows.both_ways("x", "y", others, at_most=at_most)
    else:
        to_doc = rows.pairs("x", "y", others, hardness=in_batch, at_most=at_most)
        if "doc_to_query" in chosen:
            to_query = [rows.pairs("y", "x", others, at_most=at_most)]
    blocks = [to_doc, *documents.hard("x", in_batch, own, at_most)]
    if partition == "per_direction":
        terms = [Term(match, blocks)] + [Term(match, [block]) for block in to_query]
        return documents.losses(*terms, once=None)
    if to_query:
        blocks += [*to_query, match]
    if "query_to_query" in chosen:
        blocks.append(rows.pairs("x", "x", others, at_most=at_most))
    if "doc_to_doc" in chosen:
        blocks.append(rows.pairs("y", "y", others, at_most=at_most))
        blocks += documents.hard("y", of_own=None, at_most=at_most)
    return documents.losses(Term(match, blocks), once=None)

"""InfoNCE of late interaction: queries and documents of several tokens."""

import math
from typing import Annotated, Any

from polycontrast.arrays import (
    add_,
    device,
    first_largest,
    is_numpy,
    known,
    namespace,
    sigmoid,
    softplus,
    sparse_rows,
    transpose,
)
from polycontrast.calculus import unit_rows
from polycontrast.contrast import on_temperature
from polycontrast.objective import (
    BadArgument,
    Normalize,
    Presence,
    Reduction,
    Role,
    Temperature,
    objective,
    whole_batch,
)
from polycontrast.similarity import (
    SCORES,
    OtherSamples,
    Present,
    Reading,
    Rule,
    SameSample,
    Score,
    Similarity,
    Sum,
)

_QUERIES = "Tokens of each query."
_DOCUMENTS = "Tokens of each document; document i belongs to query i, further ones are negatives."
Queries = Annotated[Any, Role("rows", ("B Q D",), about=_QUERIES)]
Documents = Annotated[Any, Role("rows", ("N T D",), about=_DOCUMENTS)]
QueryMask = Annotated[Any, Presence("B Q", "a token", kind="mask")]
DocumentMask = Annotated[Any, Presence("N T", "a token", kind="mask")]


@objective(invariances=("rotation", "row_scale"))
def max_sim_info_nce(
    queries: Queries,
    documents: Documents,
    query_mask: QueryMask | None = None,
    document_mask: DocumentMask | None = None,
    *,
    temperature: Temperature = 0.02,
    average: bool = False,
    symmetric: bool = False,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""InfoNCE of sums over query tokens of the best match in a document (ColBERT, ColPali).

    .. math:: \frac{1}{B} \sum_i \Big[ \log \sum_{j=1}^{N} e^{S_{ij} / \tau} - S_{ii} / \tau \Big],
              \quad S_{ij} = \sum_q \max_t \langle \hat q_{iq}, \hat d_{jt} \rangle

    Parameters
    ----------
    documents
        ``N >= B``.
    temperature
        ColPali trains with 0.02.
    average
        Divide a score by the number of tokens of the query.
    symmetric
        Average with the direction from documents to queries, which needs ``N = B``.

    Raises
    ------
    ValueError
        When there are fewer documents than queries, or more with ``symmetric=True`` or ``comm=``,
        or when the document of a query has no tokens.

    Notes
    -----
    The gradient of a pair belongs to the winners: the token with the largest product for each token
    of the query, of equal products the first. Products are made in tiles of queries and documents,
    in both passes, so memory is that of the tokens and of a few tiles. In main memory the gradient
    takes the winners alone, in 1/T of the work of a product; elsewhere it takes two products.

    A query without tokens has score 0 everywhere and no gradient. A document without tokens is no
    candidate. Masking a token equals cutting it off. With one token on both sides, this is
    `info_nce` in one direction.

    References
    ----------
    O. Khattab, M. Zaharia, "ColBERT: Efficient and Effective Passage Search via Contextualized Late
    Interaction over BERT", SIGIR 2020, arXiv 2004.12832. M. Faysse, H. Sibille, T. Wu, B. Omrani,
    G. Viaud, C. Hudelot, P. Colombo, "ColPali: Efficient Document Retrieval with Vision Language
    Models", 2024, arXiv 2407.01449.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> queries = np.eye(4).reshape(2, 2, 4)
    >>> documents = np.stack([np.eye(4)[:3], np.eye(4)[1:]])  # 2 and 1 of query 0, 1 and 2 of 1
    >>> float(pc.max_sim_info_nce(queries, documents, temperature=1.0).round(6))
    0.313262
    """
    xp, (b, n) = namespace(queries), (queries.shape[0], documents.shape[0])
    _check_counts(b, n, symmetric, document_mask)
    q, q_back = _query_tokens(queries, query_mask, average, normalize)
    d, d_back = _document_tokens(documents, document_mask, normalize)
    others: Rule = OtherSamples()
    there = None
    if document_mask is not None:
        there = xp.any(document_mask, axis=1)
        every = xp.ones((1, b), dtype=xp.bool, device=device(queries))
        others = others & Present(there[None, :], every)
    # Documents are the rows: a maximum over the first axis is the cheapest one.
    matrix = Similarity(
        xp.permute_dims(d, (1, 0, 2)),
        xp.permute_dims(q, (1, 0, 2)),
        scale=1 / temperature,
        score=BestMatches(),
        what="queries and documents",
    )
    readings = Reading(matrix.exp_sum(), others), Reading(Sum(SCORES), SameSample())
    found: Any = matrix.read(*readings)
    (of_documents, _), (of_queries, positive), pull = found
    if there is not None:  # where a mask is traced, its values were not checked
        positive = xp.where(there[:b], positive, math.nan)
    losses, sides = softplus(of_queries - positive), 1
    if symmetric:
        losses, sides = (losses + softplus(of_documents - positive)) / 2, 2

    def back(g):
        p = g * sigmoid(of_queries - positive) / sides
        r = g * sigmoid(of_documents - positive) / sides if symmetric else None
        on_positive = -p if r is None else -p - r
        pulled = pull((r, None), (p, on_positive))
        gq, gd = (xp.permute_dims(t, (1, 0, 2)) for t in (pulled.y, pulled.x))
        gd = add_(gd, 0 * xp.sum(p))  # a cotangent of nan reaches tokens that never win too
        on_tau = on_temperature(temperature, 1, (q, gq))
        return {"queries": q_back(gq), "documents": d_back(gd), "temperature": on_tau}

    return losses, back


class BestMatches(Score):
    """Sums over the views of a column of the largest product among the views of a row."""

    collapses = collapses_rows = True
    keeps = False

    def forward(self, products, tile):
        """``sum_q max_t P[t, j, q, i]``."""
        xp = namespace(products)
        p = xp.reshape(products, tile.shape)
        if is_numpy(xp):
            best = xp.max(p, axis=0)
        else:  # on a tape, too, the derivative of equal products belongs to the first
            best = xp.take_along_axis(p, first_largest(p)[None, ...], axis=0)[0, ...]
        scores = xp.sum(best, axis=1)
        return scores, scores

    def pull(self, products, weights, tile):
        """The weight of a pair at the winner of each view of its column, and 0 elsewhere."""
        xp, (t, n, q, b) = namespace(products), tile.shape
        winner = first_largest(xp.reshape(products, tile.shape))  # (n, q, b)
        if is_numpy(xp):
            # Each column of the matrix has n entries: one for each row sample.
            sample = xp.arange(n, dtype=winner.dtype, device=device(winner))
            places = xp.reshape(xp.moveaxis(winner, 0, -1) * n + sample, (q * b, n))
            entries = xp.broadcast_to(transpose(weights[0])[None, :, :], (q, b, n))
            listed = sparse_rows(xp.reshape(entries, (q * b, n)), places, t * n).transposed()
            return listed, listed, listed
        views = xp.arange(t, dtype=winner.dtype, device=device(winner))
        there = xp.reshape(views, (-1, 1, 1, 1)) == winner[None, ...]
        on_products = xp.where(there, weights[0][None, :, None, :], 0.0)
        on_products = xp.reshape(on_products, tuple(products.shape))
        return on_products, on_products, on_products


def _check_counts(queries, documents, symmetric, document_mask):
    if documents < queries:
        got = f"{documents} for {queries} queries"
        raise BadArgument(f"documents must be at least as many as queries, got {got}")
    for word, needed in (("symmetric=True", symmetric), ("comm=", whole_batch().size > 1)):
        if needed and documents > queries:
            got = f"{documents} for {queries}"
            raise BadArgument(f"documents must be as many as queries with {word}, got {got}")
    if document_mask is not None:
        xp = namespace(document_mask)
        there = xp.any(document_mask[:queries, :], axis=1)
        if 0 not in there.shape and known(xp.all(there)) == 0:
            text = "document_mask must leave a token to the document of each query"
            raise BadArgument(f"{text}, got a row without True")


def _query_tokens(queries, mask, average, normalize):
    """Unit rows of the tokens that exist, 0 elsewhere; with `average` divided by their number."""
    xp = namespace(queries)
    if mask is not None:
        queries = xp.where(mask[:, :, None], queries, 0.0)
    q, back = unit_rows(queries, normalize)
    if mask is None and not average:
        return q, back
    share = xp.ones_like(q[:, :, :1])
    if mask is not None:
        share = xp.where(mask[:, :, None], share, 0.0)
    if average:
        share = share / xp.maximum(xp.sum(share, axis=1, keepdims=True), 1.0)
    return q * share, lambda g: back(g * share)


def _document_tokens(documents, mask, normalize):
    """Unit rows of the tokens, the first one in the place of those that do not exist.

    A copy changes no maximum, and its gradient belongs to the first token.
    """
    if mask is None:
        return unit_rows(documents, normalize)
    xp = namespace(documents)
    there = mask[:, :, None]
    d, back = unit_rows(xp.where(there, documents, 0.0), normalize)
    place = xp.arange(mask.shape[1], dtype=xp.int32, device=device(mask))
    first = xp.argmax(xp.astype(mask, xp.int32), axis=1)
    is_first = (place[None, :] == xp.astype(first, xp.int32)[:, None])[:, :, None] & there
    copy = xp.sum(xp.where(is_first, d, 0.0), axis=1, keepdims=True)

    def back_to_first(g):
        of_copies = xp.sum(xp.where(there, 0.0, g), axis=1, keepdims=True)
        return back(xp.where(there, g, 0.0) + xp.where(is_first, of_copies, 0.0))

    return xp.where(there, d, copy), back_to_first

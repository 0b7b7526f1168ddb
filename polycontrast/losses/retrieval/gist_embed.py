"""Contrast from which a guide takes out the false negatives."""

import functools
from collections.abc import Callable
from typing import Annotated, Any, Literal, NamedTuple

from polycontrast.arrays import (
    Array,
    finite_or_zero,
    namespace,
    rounding_of_products,
    row_dot,
    sigmoid,
    softplus,
)
from polycontrast.calculus import unit_rows
from polycontrast.contrast import on_temperature
from polycontrast.objective import (
    BadArgument,
    Constant,
    Embeddings,
    Reduction,
    Role,
    Temperature,
    objective,
)
from polycontrast.similarity import Companion, Cutoff, Every, OtherSamples, Reading, Similarity

_GUIDE = "Rows of the same texts from the guide, of a dimension of their own; constants."
_NEGATIVES = "Hard negatives of each query; they are candidates of all queries."
Guide = Annotated[Any, Constant("B E", about=_GUIDE)]
Negatives = Annotated[Any, Role("rows", ("B H D",), about=_NEGATIVES)]
GuideNegatives = Annotated[Any, Constant("B H E", about="Those of the hard negatives.")]
Grads = dict[str, Array]


class _Block(NamedTuple):
    """Log-sum-exp of each anchor's candidates of one kind, and the pullback to the rows."""

    values: Array
    pull: Callable[[Array], Grads]


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def gist_embed(
    x: Embeddings,
    y: Embeddings,
    guide_x: Guide,
    guide_y: Guide,
    negatives: Negatives | None = None,
    guide_negatives: GuideNegatives | None = None,
    *,
    temperature: Temperature = 0.01,
    margin: float = 0.0,
    margin_strategy: Literal["absolute", "relative"] = "absolute",
    contrast_anchors: bool = True,
    contrast_positives: bool = True,
    reduction: Reduction = "mean",
):
    r"""Contrast of queries and documents from which a guide takes out the false negatives.

    .. math:: \frac{1}{B} \sum_i \Big[ \log \sum_{c \in C_i} e^{s(c) / \tau}
              - \langle \hat x_i, \hat y_i \rangle / \tau \Big]

    Parameters
    ----------
    x, y
        Queries, and the document of each. All rows are scaled to unit length.
    guide_x, guide_y
        A guide is a trained model that does not learn.
    negatives
        They need `guide_negatives`.
    margin
        A candidate is left out whose similarity for the guide is above that of the anchor's pair
        :math:`r_i` less this margin; with ``margin_strategy="relative"`` less its product with
        :math:`|r_i|`.
    contrast_anchors
        Whether other queries are candidates.
    contrast_positives
        Whether pairs of the anchor's document with other documents are candidates.

    Raises
    ------
    ValueError
        When `negatives` or `guide_negatives` is given alone.

    Notes
    -----
    The candidates :math:`C_i` are the pair :math:`(x_i, y_i)` itself, :math:`(x_i, y_j)`,
    :math:`(x_i, x_j)` and :math:`(y_i, y_j)` of other samples j, and :math:`(x_i, n_{jh})` of all
    samples, where the guide finds them at most as similar as the margin allows. Similarities that
    are level up to rounding stay. A text with itself is no candidate; the published code has it
    where :math:`r_i = 1`. Similarities of the guide are computed tile by tile beside those of the
    model, so no pair is stored, and memory is O(B (D + E)) when tiled. An anchor whose candidates
    are all left out has loss 0 and gradient 0.

    References
    ----------
    A. V. Solatorio, "GISTEmbed: Guided In-sample Selection of Training Negatives for Text Embedding
    Fine-tuning", 2024, arXiv 2402.16829. The margins are those of Sentence Transformers.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.eye(3)
    >>> float(pc.gist_embed(x, x, x, x, temperature=1.0).round(6))
    1.165422
    """
    if (negatives is None) != (guide_negatives is None):
        given, lacks = "negatives", "guide_negatives"
        if negatives is None:
            given, lacks = lacks, given
        raise BadArgument(f"{given} needs {lacks}, got None")
    xp, scale = namespace(x), 1 / temperature
    a, a_back = unit_rows(x)
    b, b_back = unit_rows(y)
    u, v = unit_rows(guide_x)[0], unit_rows(guide_y)[0]
    match, similar = scale * row_dot(a, b), row_dot(u, v)
    room = margin * (1.0 if margin_strategy == "absolute" else xp.abs(similar))
    limit = similar - room + rounding_of_products(u, v)
    blocks = [_across("x", a, "y", b, Companion(u, v), scale, limit)]
    if contrast_anchors:
        blocks.append(_within("x", a, Companion(u), scale, limit))
    if contrast_positives:
        blocks.append(_within("y", b, Companion(v), scale, limit))
    rows, backs = {"x": a, "y": b}, {"x": a_back, "y": b_back}
    unknown = similar - similar  # nan where the guide is
    if negatives is not None:
        rows["negatives"], backs["negatives"] = unit_rows(negatives)
        w = unit_rows(guide_negatives)[0]
        unknown = unknown + xp.sum(w - w, axis=(1, 2))
        hard, w = (xp.permute_dims(t, (1, 0, 2)) for t in (rows["negatives"], w))
        blocks.append(_across("x", a, "negatives", hard, Companion(u, w), scale, limit))
    total = functools.reduce(xp.logaddexp, [block.values for block in blocks])
    excess = total - match + unknown

    def back(g):
        on_total = g * sigmoid(excess)
        on_match = (scale * on_total)[:, None]
        grads = {"x": -on_match * b, "y": -on_match * a}
        for values, pull in blocks:
            share = on_total * xp.exp(values - finite_or_zero(total))
            for name, grad in pull(share).items():
                grads[name] = grads[name] + grad if name in grads else grad
        # Each product has two of the rows as its factors.
        on_tau = on_temperature(temperature, 2, *((rows[name], grads[name]) for name in rows))
        return {name: backs[name](grads[name]) for name in rows} | {"temperature": on_tau}

    return softplus(excess), back


def _across(
    x: str, a: Array, y: str, b: Array, guide: Companion, scale: Array, limit: Array
) -> _Block:
    """Rows a against rows b of other samples, or against views (H, B, D) of all samples."""
    xp, views = namespace(a), b.ndim == 3
    pairs = (Every() if views else OtherSamples()) & Cutoff(rows=limit, of_companion=True)
    matrix = Similarity(a[None, ...] if views else a, b, scale=scale, pairs=pairs, beside=guide)
    found, _, back = matrix.logsumexp(columns=False)

    def pull(g: Array) -> Grads:
        pulled = back(xp.reshape(g, found.shape), None)
        if views:
            return {x: pulled.x[0, ...], y: xp.permute_dims(pulled.y, (1, 0, 2))}
        return {x: pulled.x, y: pulled.y}

    return _Block(xp.reshape(found, limit.shape), pull)


def _within(name: str, rows: Array, guide: Companion, scale: Array, limit: Array) -> _Block:
    """Rows against those of other samples, which the limit of either may leave out for it."""
    matrix = Similarity(rows, scale=scale, pairs=OtherSamples(), beside=guide)
    sides = (Cutoff(rows=limit, of_companion=True), Cutoff(columns=limit, of_companion=True))
    reading = Reading(matrix.exp_sum(), sides[0], column_pairs=sides[1])
    (found,), _, back = matrix.read(reading)
    return _Block(found, lambda g: {name: back((g,)).x})

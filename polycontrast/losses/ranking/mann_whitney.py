"""A smooth bound of the area over the ROC curve, for all pairs of rows in a batch."""

import math
from typing import Annotated, Any, Literal

from polycontrast.arrays import Array, device, namespace, row_dot, total
from polycontrast.calculus import unit_rows
from polycontrast.context import current_settings
from polycontrast.contrast import on_temperature
from polycontrast.contrast.pair_sums import SumsOverScores
from polycontrast.objective import Embeddings, Normalize, Role, Temperature, objective
from polycontrast.similarity import SOFTPLUS, OtherSamples, Rule, Similarity

Negatives = Annotated[Any, Role("rows", ("B K D",), about="Hard negatives of each row of `x`.")]
MOST, LEAST = 2**20, 2**14
"""Scores held at once for the gradient of the positives, and least ones where tiles are given."""


@objective(
    invariances=("sample_permutation", "rotation", "row_scale"),
    shards=False,
    aliases=("direct AUC optimisation",),
)
def mann_whitney(
    x: Embeddings,
    y: Embeddings,
    negatives: Negatives | None = None,
    *,
    temperature: Temperature = 0.01,
    scope: Literal["pooled", "per_query"] = "pooled",
    reduction: Literal["mean", "sum", "anchor_mean"] = "mean",
    normalize: Normalize = True,
):
    r"""Logistic loss of every positive score against every negative score of the whole batch.

    .. math:: \frac{1}{P} \sum_i \sum_{s^- \in \mathcal{N}} \mathrm{softplus} \Big( \frac{s^- -
              s_i}{\tau} \Big), \quad s_i = \langle \hat x_i, \hat y_i \rangle, \quad \mathcal{N} =
              \bigcup_k \{ \langle \hat x_k, \hat y_j \rangle \}_{j \ne k} \cup \{ \langle \hat x_k,
              \hat n_{jh} \rangle \}_{j, h}

    Parameters
    ----------
    x
        Queries.
    y
        Their matches.
    negatives
        All of them are negatives of every query.
    temperature
        The paper's value.
    scope
        Each positive against the negatives of all queries, or against those of its own.
    reduction
        Mean over all P pairs, their sum, or the sum over B: that is the paper's loss, which grows
        with the number of negatives, so that learning rates depend on the batch.

    Notes
    -----
    One minus the area under the ROC curve of all scores is at most the mean over log 2. A shift of
    all scores changes nothing. InfoNCE does not change by a shift for each query either: it does
    not make scores of different queries comparable.

    With "pooled" the number of pairs is cubic in B, but the sum over positives is a smooth function
    of the negative score. It is tabulated at Chebyshev nodes, 16 in each interval of two
    temperatures (10 in float32), and interpolated at each negative. Gradients of the positives take
    the transpose of the interpolation. Value and gradient cost O(p B^2 (1 + K) + p B / tau) for p
    nodes, and O(B + p / tau) memory beside tiles. The interpolation's error is of the order of
    rounding. The product of the longest rows must be below 2^20 temperatures; where JAX traces
    the temperature, or rows that are not normalised, below 1024. Beyond, the value is nan. Without
    any negative: 0.

    References
    ----------
    M. Sheikholeslami et al., "Optimizing What Matters", 2025, arXiv 2510.00137.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.eye(2)
    >>> float(pc.mann_whitney(x, x, temperature=1.0).round(6))
    0.313262
    """
    xp, samples = namespace(x), x.shape[0]
    a, a_back = unit_rows(x, normalize)
    b, b_back = unit_rows(y, normalize)
    match = row_dot(a, b)
    sides: list[tuple[Array, Rule | None]] = [(b, OtherSamples())]
    c: Any = None
    if negatives is not None:
        c, c_back = unit_rows(negatives, normalize)
        sides.append((xp.reshape(c, (-1, c.shape[2])), None))
    pooled = scope == "pooled"
    pairs = samples * (sum(t.shape[0] for t, _ in sides) - 1) * (samples if pooled else 1)
    factor = {"mean": 1 / max(1, pairs), "sum": 1.0, "anchor_mean": 1 / samples}[reduction]
    if pooled:
        bound: Any = 1.0
        if not normalize:
            longest = [xp.sqrt(xp.max(row_dot(t, t))) for t in (a, *(t for t, _ in sides))]
            bound = longest[0] * xp.max(xp.stack(longest[1:]))
        sums, tile = SumsOverScores(match, temperature, bound), current_settings().forced_tile
        entries = MOST if tile is None else max(LEAST, math.prod(tile))
        function, scale, offset = sums.function, xp.ones_like(temperature), None
    else:
        function, scale, offset = SOFTPLUS, 1 / temperature, -match / temperature

    value, pulls = xp.zeros_like(temperature), []
    for t, rule in sides:
        matrix = Similarity(a, t, scale=scale, pairs=rule, offsets=(offset, None), what="negatives")
        rows, _, pull = matrix.sums_of(
            function,
            columns=False,
            like=temperature,
            share=lambda g: (xp.zeros_like(match) + factor * g,),
        )
        value = value + factor * xp.sum(rows)
        pulls.append(pull)

    def back(g):
        pulled = [pull(g) for pull in pulls]
        if pooled:
            weights = sum(_weights(sums, a, t, rule is not None, entries) for t, rule in sides)
            on_match = sums.back(factor * g * weights)
        else:
            on_match = -sum(part.of_rows for part in pulled) / temperature
        ga = sum(part.x for part in pulled) + on_match[:, None] * b
        gb = pulled[0].y + on_match[:, None] * a
        grads = {"x": a_back(ga), "y": b_back(gb)}
        if c is not None:
            grads["negatives"] = c_back(xp.reshape(pulled[1].y, c.shape))
        return grads | {"temperature": on_temperature(temperature, 1, (a, ga))}

    return value, back


def _weights(sums: SumsOverScores, a: Array, t: Array, others: bool, entries: int) -> Array:
    """Weights of the nodes for the scores of all rows with all columns, or with all others."""
    xp, rows = namespace(a), a.shape[0]
    step = max(1, min(rows, entries // t.shape[0]))
    integers = dict(dtype=xp.int32, device=device(a))
    places, columns = xp.arange(step, **integers), xp.arange(t.shape[0], **integers)

    def of_block(k):
        at = k * step + places
        there = (at < rows)[:, None]  # the last block may be too long
        at = xp.where(there[:, 0], at, 0)
        scores = xp.matmul(xp.take(a, at, axis=0), xp.matrix_transpose(t))
        if others:
            there = there & (at[:, None] != columns[None, :])
        return sums.weights(xp.where(there, scores, -math.inf))

    return total(of_block, math.ceil(rows / step), a)

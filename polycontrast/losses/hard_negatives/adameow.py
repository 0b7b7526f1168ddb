"""AdaMEOW: negatives weighted by a small network of the pair."""

from typing import Annotated, Any

from polycontrast.arrays import (
    Array,
    finite_or_zero,
    infinite_to_nan,
    logsumexp,
    namespace,
    row_dot,
    sigmoid,
    softplus,
    transpose,
)
from polycontrast.calculus import unit_rows
from polycontrast.contrast import on_temperature
from polycontrast.objective import (
    Embeddings,
    Normalize,
    Reduction,
    Role,
    Temperature,
    objective,
)
from polycontrast.similarity import full_rows

First = Annotated[Any, Role("rows", ("D H",), about="Weights of the first layer; H units.")]
FirstBias = Annotated[Any, Role("rows", ("H",), about="Bias of the first layer.")]
Second = Annotated[Any, Role("rows", ("H",), about="Weights of the second layer.")]
SecondBias = Annotated[Any, Role("rows", ("",), about="Bias of the second layer.")]


@objective(invariances=("sample_permutation", "row_scale"))
def adameow(
    x: Embeddings,
    y: Embeddings,
    w1: First,
    b1: FirstBias,
    w2: Second,
    b2: SecondBias,
    *,
    temperature: Temperature = 0.4,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Contrast in which a network of each pair says how much the candidate counts.

    .. math:: -\frac{1}{B} \sum_i \log \frac{e^{\langle \hat x_i, \hat y_i \rangle / \tau}}
              {\sum_j w_{ij} e^{\langle \hat x_i, \hat y_j \rangle / \tau}},\quad
              w_{ij} = \sigma \big( w_2^\top \tanh(W_1^\top (\hat x_i + \hat y_j) + b_1) + b_2 \big)

    Parameters
    ----------
    x, y
        Anchors (the coarse view) and candidates (the fine view).
    w1
        The authors have 16 units. With ``comm=``, all ranks have the same network.
    temperature
        The authors' value.

    Returns
    -------
    loss
        May be negative.

    Notes
    -----
    The match is in the sum, with its weight. The loss is not bounded below: as all weights fall to
    0 it falls to minus infinity, because the numerator has no weight. The authors stop early; a
    fixed mean of the weights is another way, and outside of this function.

    With the share :math:`r_{ij}` of a candidate in the sum, the derivative by its similarity is
    :math:`(r_{ij} - [i = j]) / \tau`, and that by the logit of its weight is :math:`r_{ij} (1 -
    w_{ij})`. The first layer is a sum :math:`p_i + q_j` of vectors of each row, so no array of B x
    B x D is made. One of B x B x H is not made either: units are taken one at a time, in blocks of
    rows. O(B D H + B^2 H) time. Weights are computed in logarithms.

    References
    ----------
    J. Yu, Q. Ge, X. Li, A. Zhou, "Heterogeneous Graph Contrastive Learning with Meta-path Contexts
    and Adaptively Weighted Negative Samples", TKDE 2024, arXiv 2212.13847.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, w1, zeros = np.eye(3), np.ones((3, 2)), np.zeros(2)
    >>> float(pc.adameow(x, x, w1, zeros, zeros, np.asarray(0.0), temperature=1.0).round(6))
    -0.141702
    """
    xp = namespace(x)
    a, a_back = unit_rows(x, normalize)
    b, b_back = unit_rows(y, normalize)
    w1, b1, w2, b2 = map(infinite_to_nan, (w1, b1, w2, b2))
    p, q = xp.matmul(a, w1) + b1[None, :], xp.matmul(b, w1)
    sums, pull = full_rows(a, b, 1 / temperature, _read, (p,), (q,), (w2, b2))

    def back(g):
        found = pull(g)
        (on_p,), (on_q,) = found.beside, found.columns
        weights = (g / temperature)[:, None]
        of_scores = found.x - weights * b
        to_rows = transpose(w1)
        return {
            "x": a_back(of_scores + xp.matmul(on_p, to_rows)),
            "y": b_back(found.y - weights * a + xp.matmul(on_q, to_rows)),
            "w1": xp.matmul(transpose(a), on_p) + xp.matmul(transpose(b), on_q),
            "b1": xp.sum(on_p, axis=0),
            "w2": found.shared[0],
            "b2": found.shared[1],
            "temperature": on_temperature(temperature, 1, (a, of_scores)),
        }

    return sums - row_dot(a, b) / temperature, back


def _read(S: Array, p: Array, q: Array, w2: Array, b2: Array) -> tuple[Array, Any]:
    """Log-sum-exps of scores with the logarithms of their weights."""
    xp, units = namespace(S), range(w2.shape[0])

    def unit(h):
        return xp.tanh(p[:, h, None] + q[None, :, h])

    logits = xp.zeros_like(S) + b2
    for h in units:
        logits = logits + w2[h] * unit(h)
    weighted = S - softplus(-logits)
    sums = logsumexp(weighted)

    def pull(g):
        shares = g[:, None] * xp.exp(weighted - finite_or_zero(sums)[:, None])
        on_logits = shares * sigmoid(-logits)
        on_p, on_q, on_w2 = [], [], []
        for h in units:
            out = unit(h)
            on_w2.append(xp.sum(on_logits * out))
            inside = w2[h] * on_logits * (1 - out * out)
            on_p.append(xp.sum(inside, axis=1))
            on_q.append(xp.sum(inside, axis=0))
        of_rows, of_columns = xp.stack(on_p, axis=1), xp.stack(on_q, axis=1)
        return shares, of_rows, of_columns, xp.stack(on_w2), xp.sum(on_logits)

    return sums, pull

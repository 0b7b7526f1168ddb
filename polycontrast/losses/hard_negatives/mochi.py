"""InfoNCE with synthetic hard negatives, mixed of the queue and of the anchor."""

from typing import Annotated, Any

from polycontrast.arrays import Array, inner, loaded, namespace, segment_sum
from polycontrast.calculus import unit_rows
from polycontrast.contrast.anchor import Contrast, Term
from polycontrast.objective import (
    Embeddings,
    Held,
    IndexInto,
    Normalize,
    Reduction,
    Role,
    Temperature,
    objective,
)

_QUEUE = "Rows of other samples, which all anchors share."
_PAIRS = "Places in the queue of the two rows of each of S mixtures."
_ALPHA = "Share of the first of the two."
_SINGLES = "Places in the queue of the rows that are mixed with the anchor, T of them."
_BETA = "Share of the anchor."
Queue = Annotated[Any, Role("rows", ("K D",), about=_QUEUE)]
Pairs = Annotated[Any, IndexInto("K", "B S 2", about=_PAIRS)]
Shares = Annotated[Any, Role("rows", ("B S",), constant=True, low=0.0, high=1.0, about=_ALPHA)]
Singles = Annotated[Any, IndexInto("K", "B T", about=_SINGLES)]
OwnShares = Annotated[Any, Role("rows", ("B T",), constant=True, low=0.0, high=1.0, about=_BETA)]


@objective(
    invariances=("sample_permutation", "rotation", "row_scale"),
    held=Held("x", "negatives", stop_grad=True),
)
def mochi(
    x: Embeddings,
    y: Embeddings,
    negatives: Queue,
    pairs: Pairs,
    alpha: Shares,
    query_index: Singles,
    beta: OwnShares,
    *,
    temperature: Temperature = 0.2,
    stop_grad: bool = True,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Cross-entropy of each match among a queue and mixtures of its rows (MoCHi).

    .. math:: \frac{1}{B} \sum_i \Big[ \log \Big( e^{s(\hat y_i)} + \sum_k e^{s(\hat n_k)}
              + \sum_k e^{s(\hat h_{ik})} + \sum_k e^{s(\hat h'_{ik})} \Big) - s(\hat y_i) \Big],
              \quad h_{ik} = \alpha_{ik} \hat n_a + (1 - \alpha_{ik}) \hat n_b,\quad
              h'_{ik} = \beta_{ik} \hat x_i + (1 - \beta_{ik}) \hat n_c

    Parameters
    ----------
    x, y
        Anchors and their matches.
    negatives
        With ``comm=`` they are the same on all ranks.
    pairs
        The places a and b. `mochi_mixing` draws all four arrays out of the hardest negatives.
    alpha
        The paper draws it uniformly from 0 to 1.
    query_index
        The places c.
    beta
        The paper draws it uniformly from 0 to 1/2.
    temperature
        The paper's value.
    stop_grad
        Hold mixtures constant in the gradient, as known codes do.

    Notes
    -----
    Here :math:`s(v) = \langle \hat x_i, v \rangle / \tau`. Mixtures are always of unit length, and
    those of length 0 stay 0. With ``stop_grad=False`` their gradients go to their parts, by the
    derivative of the normalisation. Where JAX traces a share that is not from 0 to 1, the loss is
    nan. Mixtures are built for some anchors at a time, twice, and not kept. Without mixtures this
    is `info_nce` with ``symmetric=False, in_batch=False``, a lower bound. No code of the authors is
    public.

    References
    ----------
    Y. Kalantidis, M. B. Sariyildiz, N. Pion, P. Weinzaepfel, D. Larlus, "Hard Negative Mixing for
    Contrastive Learning", NeurIPS 2020, arXiv 2010.01028.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, pairs, half = np.eye(3), np.asarray([[[0, 1]]] * 3), np.full((3, 1), 0.5)
    >>> loss = pc.mochi(x, x, -x, pairs, half, pairs[:, :, 0], half, temperature=1.0)
    >>> float(loss.round(6))
    1.002219
    """
    xp = namespace(x)
    rows = Contrast(temperature, normalize, x=x, y=y, negatives=negatives)
    a, n = rows.rows["x"], rows.rows["negatives"]
    count, width = pairs.shape[1], pairs.shape[1] + query_index.shape[1]

    def taken(index: Array) -> Array:
        return xp.reshape(
            xp.take(n, loaded(xp.reshape(index, (-1,))), axis=0), (*index.shape, n.shape[1])
        )

    def mixed(i0, i1):
        first, second, third = pairs[i0:i1, :, 0], pairs[i0:i1, :, 1], query_index[i0:i1, :]
        share, own = alpha[i0:i1, :, None], beta[i0:i1, :, None]
        of_queue = share * taken(first) + (1 - share) * taken(second)
        of_anchor = own * a[i0:i1, None, :] + (1 - own) * taken(third)
        h, h_back = unit_rows(xp.concat([of_queue, of_anchor], axis=1))

        def back(g):
            g = h_back(g)
            g_queue, g_anchor = g[:, :count, :], g[:, count:, :]
            on_x = xp.sum(own * g_anchor, axis=1)
            parts = (share * g_queue, (1 - share) * g_queue, (1 - own) * g_anchor)
            on_n = xp.concat([xp.reshape(t, (-1, t.shape[2])) for t in parts], axis=0)
            index = xp.concat([xp.reshape(t, (-1,)) for t in (first, second, third)], axis=0)
            # Of x, what is no factor of a logit.
            on_tau = inner(a[i0:i1, :], on_x) / temperature
            on_n = segment_sum(on_n, index, n.shape[0])
            return {"x": on_x, "negatives": on_n, "temperature": on_tau}

        return h, None if stop_grad else back

    blocks = [rows.queue("x", "negatives"), rows.built(mixed, width * n.shape[1])]
    return rows.losses(Term(rows.match("x", "y"), blocks))

"""InfoNCE with synthetic hard negatives, mixed of real ones."""

import math
from collections.abc import Callable
from typing import Annotated, Any, Literal

from polycontrast.arrays import Array, as_index, device, namespace, row_dot
from polycontrast.calculus import unit_rows
from polycontrast.contrast.anchor import Term, focal
from polycontrast.losses.retrieval._documents import (
    DocumentIds,
    Documents,
    HardNegatives,
    NegativeIds,
    no_part_is_own,
)
from polycontrast.objective import (
    BadArgument,
    Embeddings,
    Held,
    IndexInto,
    Nonnegative,
    Reduction,
    Role,
    Temperature,
    objective,
)

_PAIRS = "Places of two hard negatives of the query, for each of Q mixtures."
_SHARES = "Share of the first of the two; it is constant."
Pairs = Annotated[Any, IndexInto("K", "B Q 2", about=_PAIRS)]
Shares = Annotated[Any, Role("rows", ("B Q",), constant=True, low=0.0, high=1.0, about=_SHARES)]


@objective(
    invariances=("sample_permutation", "rotation", "row_scale"),
    held=Held("x", "negatives", "temperature", mode="list", detach_mixing=True),
)
def mixed_negative_info_nce(
    x: Embeddings,
    y: Embeddings,
    negatives: HardNegatives,
    index: Pairs | None = None,
    lam: Shares | None = None,
    ids: DocumentIds | None = None,
    negative_ids: NegativeIds | None = None,
    *,
    mode: Literal["pair", "list"] = "pair",
    gamma: Nonnegative = 0.0,
    temperature: Temperature = 0.01,
    detach_mixing: bool = True,
    reduction: Reduction = "mean",
):
    r"""Focal InfoNCE whose hard negatives are enlarged by mixtures of them.

    .. math:: -\frac{1}{B} \sum_i (1 - p_i)^\gamma \log p_i,\quad
              p_i = \frac{e^{\langle \hat x_i, \hat y_i \rangle / \tau}}
              {\sum_j \big( e^{\langle \hat x_i, \hat y_j \rangle / \tau} + \sum_k
              e^{\langle \hat x_i, \hat n_{jk} \rangle / \tau} + \sum_q
              e^{\langle \hat x_i, \hat m_{jq} \rangle / \tau} \big)},\quad
              m_{jq} = \sum_k w_{jqk} \hat n_{jk}

    Parameters
    ----------
    x, y
        Queries, and the document of each. Rows are always scaled to unit length.
    negatives
        All queries share them and their mixtures.
    index
        Needed by ``mode="pair"`` alone. `sample_negative_mixing` draws them.
    lam
        Needed by ``mode="pair"`` alone.
    negative_ids
        A mixture is left out with any of its parts.
    mode
        Mixtures of two hard negatives of a query, ``lam n_a + (1 - lam) n_b``, or one of all of
        them with the weights :math:`\mathrm{softmax}_k \langle \hat x_j, \hat n_{jk} \rangle /
        \tau`.
    gamma
        As in `focal_info_nce`.
    detach_mixing
        Hold the weights of ``mode="list"`` constant in the gradient.

    Raises
    ------
    ValueError
        When `index` or `lam` lacks in ``mode="pair"``, or is given in ``mode="list"``; when
        `negative_ids` is used without `ids`.

    Notes
    -----
    The gradient g of a mixture :math:`\hat m = m / |m|` goes to its parts as :math:`w_k (g -
    \langle \hat m, g \rangle \hat m) / |m|`. A mixture of length 0 has no gradient. With ``lam=1``
    the first negative counts twice, and so does a single one with ``mode="list"``. Where JAX traces
    the index, a place of no negative makes the loss nan. The two modes are from the abstract and a
    public summary, as no code is public.

    References
    ----------
    X. Zhao et al., "KaLM-Embedding-V2: Superior Training Techniques and Data Inspire A Versatile
    Embedding Model", ICLR 2026, arXiv 2506.20923.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.eye(3)
    >>> negatives = np.stack([np.roll(x, 1, axis=0), np.roll(x, 2, axis=0)], axis=1)
    >>> loss = pc.mixed_negative_info_nce(x, x, negatives, mode="list", temperature=1.0)
    >>> float(loss.round(6))
    1.955487
    """
    given = {"index": index, "lam": lam}
    wrong = [name for name, t in given.items() if (t is None) == (mode == "pair")]
    if wrong:
        needs = "needs index and lam" if mode == "pair" else "takes no index and no lam"
        got = "none" if mode == "pair" else "one"
        raise BadArgument(f'mode="{mode}" {needs}, got {got} for {wrong[0]}')
    n, n_back = unit_rows(negatives)
    if mode == "pair":
        shares, shares_back = _of_pairs(n, index, lam), None
    else:
        shares, shares_back = _of_lists(x, n, temperature)
    xp, unmixed = namespace(n), None
    given_rows = dict(x=x, y=y, negatives=negatives, mixtures=xp.matmul(shares, n))
    documents = Documents(temperature, True, ids, negative_ids, **given_rows)
    rows = documents.rows
    if negative_ids is not None and ids is not None:
        unmixed = no_part_is_own(ids, _items_of_parts(negative_ids, index))
    batch = rows.pairs("x", "y", documents.others)
    blocks = [batch, *documents.hard(), rows.pairs("x", "mixtures", unmixed)]
    losses, pull = documents.losses(Term(rows.match("x", "y"), blocks), outer=focal(gamma))

    def back(g):
        grads = pull(g)
        of_mixed = grads["mixtures"]
        on_n = xp.matmul(xp.matrix_transpose(shares), of_mixed)
        if shares_back is not None and not detach_mixing:
            on_x, more, on_tau = shares_back(of_mixed)
            grads["x"], on_n = grads["x"] + on_x, on_n + more
            grads["temperature"] = grads["temperature"] + on_tau
        return grads | {"negatives": grads["negatives"] + n_back(on_n)}

    return losses, back


def _of_pairs(n: Array, index: Array, lam: Array) -> Array:
    """Weights (B, Q, K) of two negatives each."""
    xp = namespace(n)
    places = xp.arange(n.shape[1], dtype=index.dtype, device=device(n))
    chosen = index[..., None] == places[None, None, None, :]  # (B, Q, 2, K)
    known = xp.any(chosen, axis=3, keepdims=True)  # where the index is traced, it was not checked
    whole = xp.where(known, xp.astype(chosen, n.dtype), math.nan)
    first, second = whole[:, :, 0, :], whole[:, :, 1, :]
    return lam[:, :, None] * first + (1 - lam)[:, :, None] * second


def _items_of_parts(items: Array, index: Array | None) -> Array:
    """The documents (B, Q, P) of the P parts of each mixture, from those of the negatives."""
    if index is None:
        return items[:, None, :]
    xp, (b, q, p) = namespace(items), index.shape
    flat = as_index(xp.reshape(index, (b, q * p)))
    return xp.reshape(xp.take_along_axis(items, flat, axis=1), (b, q, p))


def _of_lists(
    x: Array, n: Array, temperature: Array
) -> tuple[Array, Callable[[Array], tuple[Array, Array, Array]]]:
    """Weights (B, 1, K) by similarity, and the pullback of mixtures to x, n and the temperature."""
    xp, (a, a_back) = namespace(x), unit_rows(x)
    logits = row_dot(a[:, None, :], n) / temperature
    w = xp.exp(logits - xp.max(logits, axis=1, keepdims=True))
    w = w / xp.sum(w, axis=1, keepdims=True)

    def back(of_mixed: Array) -> tuple[Array, Array, Array]:
        on_w = row_dot(of_mixed, n)
        on_logits = w * (on_w - xp.sum(w * on_w, axis=1, keepdims=True))
        scaled = (on_logits / temperature)[:, :, None]
        on_x = a_back(xp.sum(scaled * n, axis=1))
        return on_x, scaled * a[:, None, :], -xp.sum(logits * on_logits) / temperature

    return w[:, None, :], back

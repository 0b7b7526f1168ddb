"""Triple contrast: across modalities, within each, and of samples with their parts."""

import functools
from collections.abc import Callable
from typing import Annotated, Any

from polycontrast.arrays import Array, finite_or_zero, namespace, row_dot, sigmoid
from polycontrast.calculus import unit_rows
from polycontrast.contrast import CompanionTargets, on_temperature, weighted_sum
from polycontrast.contrast.anchor import Linear, Logits, Term, cross_entropy, mean_of_terms
from polycontrast.losses.two_view.info_nce import info_nce
from polycontrast.losses.vision_language.local_mi import local_mi
from polycontrast.objective import (
    Constant,
    Embeddings,
    Held,
    Interval,
    Presence,
    Reduction,
    Role,
    Temperature,
    objective,
    whole_batch,
)
from polycontrast.similarity import Companion, OtherSamples, Similarity

_MOMENTUM = "Rows of the same samples from the momentum encoder; constants."
_QUEUE = "Those of earlier batches, the same on all ranks; Q may be 0."
_PARTS = "Embeddings of the parts of each sample from the momentum encoder; constants."
Momentum = Annotated[Any, Constant("B D", about=_MOMENTUM)]
Queue = Annotated[Any, Role("rows", ("Q D",), constant=True, empty="Q", about=_QUEUE)]
Patches = Annotated[Any, Constant("B L D", about=_PARTS)]
Tokens = Annotated[Any, Constant("B T D", about=_PARTS)]
TokensMask = Annotated[Any, Presence("B T", "a part of `y`")]
Pull = Callable[[Array], tuple[Array, Array]]


@objective(invariances=("sample_permutation", "rotation", "row_scale"), held=Held("temperature"))
def tcl(
    x: Embeddings,
    y: Embeddings,
    momentum_x: Momentum,
    momentum_y: Momentum,
    queue_x: Queue,
    queue_y: Queue,
    local_x: Patches,
    local_y: Tokens,
    mask_y: TokensMask | None = None,
    *,
    temperature: Temperature = 0.07,
    alpha: Annotated[float, Interval(0.0, 1.0)] = 0.4,
    reduction: Reduction = "mean",
):
    r"""Mean of six contrasts: across modalities, within each, and of samples with their parts.

    .. math:: \frac{1}{6} \big[ S(x, m^x; K^y) + S(y, m^y; K^x) + C(x, m^x; K^x) + C(y, m^y; K^y)
              + \mathrm{local\_mi}(x, l^x) + \mathrm{local\_mi}(y, l^y) \big]

    Parameters
    ----------
    x, y
        Images and texts. All rows are scaled to unit length.
    momentum_x, momentum_y
        The rows m of the formula.
    queue_x
        Together with `momentum_x` these are the candidates :math:`K^x`.
    queue_y
        Together with `momentum_y` these are the candidates :math:`K^y`.
    local_x
        Such as patches.
    local_y
        Such as tokens.
    temperature
        CLIP's initial value, as in the authors' code.
    alpha
        Share of the soft targets. The authors' value.
    reduction
        A text without tokens has 0 for its local_mi, and the mean of local_mi is over the others.

    Notes
    -----
    C is one direction of `info_nce`: the match of a row is that of the momentum encoder. S is the
    cross-entropy of the same softmax with the targets :math:`\alpha\, \mathrm{softmax}_k(\langle
    m_i, k \rangle / \tau) + (1 - \alpha)` of the match. They are constants, their temperature
    included. Their similarities are computed tile by tile beside those of the logits. The caller
    keeps the queues as states. Masked language modelling and matching, which the authors train
    besides, are not part of it.

    References
    ----------
    J. Yang, J. Duan, S. Tran, Y. Xu, S. Chanda, L. Chen, B. Zeng, T. Chilimbi, J. Huang,
    "Vision-Language Pre-Training with Triple Contrastive Learning", CVPR 2022, arXiv 2202.10401.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, queue = np.eye(3), np.zeros((0, 3))
    >>> parts = x[:, None, :]
    >>> float(pc.tcl(x, x, x, x, queue, queue, parts, parts, temperature=1.0).round(6))
    0.607962
    """
    a, a_back = unit_rows(x)
    b, b_back = unit_rows(y)
    m, n = unit_rows(momentum_x)[0], unit_rows(momentum_y)[0]
    p, q = unit_rows(queue_x)[0], unit_rows(queue_y)[0]
    xp, wrt = namespace(x), ("x", "temperature")
    options = dict(temperature=temperature, wrt=wrt, reduction="none")

    def one_hot(rows: Array, matches: Array, queue: Array) -> Any:
        negatives = queue if queue.shape[0] else None
        plain = options | dict(normalize=False, symmetric=False)
        return info_nce.vjp(rows, matches, negatives, **plain)

    def soft(rows: Array, teacher: Array, matches: Array, queue: Array) -> tuple[Array, Pull]:
        return _soft(rows, teacher, matches, queue, temperature, alpha)

    def tokens() -> tuple[Array, Pull]:
        losses, pull = local_mi.vjp(b, local_y, mask_y, **options)
        if mask_y is None:
            return losses, pull
        batch, there = whole_batch(), xp.where(xp.any(mask_y, axis=1), 1.0, 0 * losses)
        texts = batch.sum(xp.sum(there))
        share = there * (batch.samples(losses.shape[0]) / xp.maximum(texts, xp.ones_like(texts)))
        return share * losses, lambda g: pull(share * g)

    def in_y(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple("y" if name == "x" else name for name in names)

    return weighted_sum(
        {"x": (a, a_back), "y": (b, b_back)},
        temperature,
        (1 / 6, wrt, lambda: soft(a, m, n, q)),
        (1 / 6, in_y(wrt), lambda: soft(b, n, m, p)),
        (1 / 6, wrt, lambda: one_hot(a, m, p)),
        (1 / 6, in_y(wrt), lambda: one_hot(b, n, q)),
        (1 / 6, wrt, lambda: local_mi.vjp(a, local_x, **options)),
        (1 / 6, in_y(wrt), tokens),
    )


def _soft(
    rows: Array, teacher: Array, matches: Array, queue: Array, temperature: Array, alpha: float
) -> tuple[Array, Pull]:
    """The terms S of all samples, and their pullback to rows and temperature.

    With the log-sum-exp N over the other candidates, the share p of the match in the soft targets
    and the mean logit o of the others by their targets, ``S = softplus(N - d) + alpha (1 - p)
    (d - o)``. So it has all digits where it is nearly that of one-hot targets.
    """
    xp, scale = namespace(rows), 1 / temperature
    blocks = [_block(rows, teacher, matches, scale, in_batch=True)]
    if queue.shape[0]:
        blocks.append(_block(rows, teacher, queue, scale, in_batch=False))
    others = functools.reduce(xp.logaddexp, [of_teacher for _, _, of_teacher in blocks])
    spread = alpha * sigmoid(others - scale * row_dot(teacher, matches))
    match = Logits(scale * row_dot(rows, matches), lambda g: {"x": (scale * g)[:, None] * matches})
    of_others: Linear = [
        (-spread * xp.exp(of_teacher - finite_or_zero(others)), mean)
        for _, mean, of_teacher in blocks
    ]
    term = Term(match, [logsumexp for logsumexp, _, _ in blocks])
    losses, to_rows = mean_of_terms([term], cross_entropy, [(spread, match), *of_others])

    def back(g: Array) -> tuple[Array, Array]:
        grad = to_rows(g)["x"]
        return grad, on_temperature(temperature, 1, (rows, grad))

    return losses, back


def _block(
    rows: Array, teacher: Array, columns: Array, scale: Array, in_batch: bool
) -> tuple[Logits, Logits, Array]:
    """Log-sum-exps of rows and their means by the teacher's softmax, and its log-sum-exps.

    In the batch they are over the columns of other samples.
    """
    pairs = OtherSamples() if in_batch else None
    beside = Companion(teacher, columns, scale)
    matrix = Similarity(
        rows, columns, scale=scale, pairs=pairs, everywhere=not in_batch, beside=beside
    )
    (logsumexp, of_teacher, mean, _), _, pull = matrix.reduce(CompanionTargets(), columns=False)

    def back(g: Array, h: Array | None = None) -> dict[str, Array]:
        return {"x": pull((g, None, h, None), None).x}

    return Logits(logsumexp, back), Logits(mean, back, 1), of_teacher

"""Triple contrast: across modalities, within each, and of samples with their parts."""

from collections.abc import Callable
from typing import Annotated, Any

from polycontrast.arrays import Array, finite_or_zero, namespace, row_dot
from polycontrast.calculus import unit_rows
from polycontrast.contrast import CompanionTargets, on_temperature, weighted_sum
from polycontrast.losses.two_view.info_nce import info_nce
from polycontrast.losses.vision_language.local_mi import local_mi
from polycontrast.objective import (
    Constant,
    Embeddings,
    Held,
    Interval,
    Role,
    Temperature,
    objective,
    whole_batch,
)
from polycontrast.similarity import Companion, Similarity

_MOMENTUM = "Rows of the same samples from the momentum encoder; constants."
_QUEUE = "Those of earlier batches, the same on all ranks; Q may be 0."
_PARTS = "Embeddings of the parts of each sample from the momentum encoder; constants."
_MASK = "True where a part of `y` exists, by default all."
Momentum = Annotated[Any, Constant("B D", about=_MOMENTUM)]
Queue = Annotated[Any, Role("rows", ("Q D",), constant=True, empty="Q", about=_QUEUE)]
Patches = Annotated[Any, Constant("B L D", about=_PARTS)]
Tokens = Annotated[Any, Constant("B T D", about=_PARTS)]
TokensMask = Annotated[Any, Role("rows", ("B T",), dtype="bool", about=_MASK)]
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
    wrt = ("x", "temperature")
    options = dict(temperature=temperature, wrt=wrt)

    def one_hot(rows: Array, matches: Array, queue: Array) -> Any:
        negatives = queue if queue.shape[0] else None
        plain = options | dict(normalize=False, symmetric=False)
        return info_nce.vjp(rows, matches, negatives, **plain)

    def soft(rows: Array, teacher: Array, matches: Array, queue: Array) -> tuple[Array, Pull]:
        return _soft(rows, teacher, matches, queue, temperature, alpha)

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
        (1 / 6, in_y(wrt), lambda: local_mi.vjp(b, local_y, mask_y, **options)),
    )


def _soft(
    rows: Array, teacher: Array, matches: Array, queue: Array, temperature: Array, alpha: float
) -> tuple[Array, Pull]:
    """The term S, and its pullback to rows and temperature."""
    xp, scale, batch = namespace(rows), 1 / temperature, whole_batch()
    samples, positive = batch.samples(rows.shape[0]), scale * row_dot(rows, matches)
    blocks = [(matches, False), (queue, True)] if queue.shape[0] else [(matches, False)]
    found, pulls = [], []
    for columns, everywhere in blocks:
        beside = Companion(teacher, columns, scale)
        matrix = Similarity(rows, columns, scale=scale, everywhere=everywhere, beside=beside)
        one, _, pull = matrix.reduce(CompanionTargets(), columns=False)
        found.append(one)
        pulls.append(pull)
    total, of_teacher = found[0][:2]
    for own, other, *_ in found[1:]:
        total, of_teacher = xp.logaddexp(total, own), xp.logaddexp(of_teacher, other)
    # Shares of the blocks in the softmax of the logits, and in that of the targets.
    shares = [
        (xp.exp(own - finite_or_zero(total)), xp.exp(other - finite_or_zero(of_teacher)))
        for own, other, *_ in found
    ]
    mean = sum(part * share for (_, _, part, _), (_, share) in zip(found, shares, strict=True))
    losses = total - alpha * mean - (1 - alpha) * positive

    def back(g: Array) -> tuple[Array, Array]:
        g = g / samples + xp.zeros_like(positive)
        grad = (-(1 - alpha) * scale * g)[:, None] * matches
        for pull, (own, other) in zip(pulls, shares, strict=True):
            grad = grad + pull((g * own, None, -alpha * g * other, None), None).x
        return grad, on_temperature(temperature, 1, (rows, grad))

    return batch.sum(xp.sum(losses)) / samples, back

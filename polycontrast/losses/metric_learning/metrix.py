"""The general form of losses of metric learning, on rows and on their mixtures."""

from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

from polycontrast.arrays import (
    Array,
    constant,
    finite_or_zero,
    loaded,
    namespace,
    row_dot,
    safe_log,
    segment_max,
    segment_sum,
)
from polycontrast.calculus import listed_products, unit_rows
from polycontrast.losses.metric_learning._bases import BaseName, base_of
from polycontrast.losses.metric_learning._class_pairs import TOTAL, ClassPairs, Kind
from polycontrast.objective import (
    ClassLabels,
    Embeddings,
    IndexInto,
    Nonnegative,
    Normalize,
    Positive,
    Reduction,
    Role,
    Same,
    objective,
)

_FIRST, _SECOND = "Row that is mixed first.", "Row that is mixed with it."
_LAM, _MIXED = "Share of the first row, differentiable.", "Embeddings of inputs that were mixed."
Shares = Annotated[Any, Role("rows", ("N",), low=0.0, high=1.0, empty="N", about=_LAM)]
Mixed = Annotated[Any, Role("rows", ("N D",), empty="N", about=_MIXED)]
Anchors = Annotated[Any, IndexInto("B", "N", empty="N", about="Anchor of each of N mixtures.")]
First = Annotated[Any, IndexInto("B", "N", empty="N", about=_FIRST)]
Second = Annotated[Any, IndexInto("B", "N", empty="N", about=_SECOND)]

MOST = 80.0  # its exponential is far below the largest float32


@objective(
    invariances=("sample_permutation", "rotation", "row_scale"),
    same_as=(Same("metric_loss", when={"weight": 0.0}),),
)
def metrix(
    z: Embeddings,
    labels: ClassLabels,
    anchor: Anchors,
    first: First,
    second: Second,
    lam: Shares,
    mixed: Mixed | None = None,
    *,
    base: BaseName = "multi_similarity",
    margin: float = 0.5,
    scale_pos: Positive = 2.0,
    scale_neg: Positive = 50.0,
    weight: Nonnegative = 0.4,
    clean: bool = True,
    renormalize: bool = True,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""`metric_loss` of the rows, and the same of mixtures with labels in between (Metrix).

    .. math:: \frac{1}{B} \sum_i \Big[ \ell_i + w\, \tau \Big( \sigma^+ \big( \sum_{k \in M_i}
              y_k\, \rho^+(s_k) \big) + \sigma^- \big( \sum_{k \in M_i} (1 - y_k)\, \rho^-(s_k)
              \big) \Big) \Big],\quad s_k = \langle \hat z_i, \hat v_k \rangle,\
              v_k = \lambda_k \hat z_{f_k} + (1 - \lambda_k) \hat z_{g_k}

    Parameters
    ----------
    anchor
        The set :math:`M_i` holds the mixtures of anchor i. `metrix_pairs` makes all four arrays.
    first
        :math:`f_k`; it may be the anchor itself.
    second
        :math:`g_k`.
    lam
        :math:`\lambda_k`.
    mixed
        In place of the mixtures :math:`v_k` of embeddings. Their labels are those of `first`,
        `second` and `lam`.
    base
        The functions, see `metric_loss`.
    margin
        As in `metric_loss`.
    scale_pos
        As in `metric_loss`.
    scale_neg
        As in `metric_loss`.
    weight
        The weight w of the mixtures. The authors' value.
    clean
        Whether the loss :math:`\ell_i` of the rows themselves is part of the sum.
    renormalize
        Scale mixtures to unit length.
    reduction
        One per row.

    Notes
    -----
    The label of a mixture is :math:`y_k = \lambda_k [c_{f_k} = c_i] + (1 - \lambda_k) [c_{g_k} =
    c_i]` with the classes c. An anchor without a mixture has a second term of 0. So has one whose
    labels leave a sum empty, with ``"lifted_structure"`` and ``"nca"``.

    Mixtures are not built: their products and lengths follow from those of their rows, so the work
    beside the products is that of N numbers. Rows that are nearly opposite cancel where they are
    mixed half and half. The mixture then loses digits, and where all that is left is rounding, it
    counts as 0 without a gradient. With ``comm=``, each rank has mixtures of its own rows, and
    :math:`\ell_i` compares all.

    Where every :math:`\lambda_k` is 1 and the first rows are all other rows, the second term is
    `metric_loss`. The paper changes at random between the two modes of `metrix_pairs`. Its code
    has distances in the contrastive base and averages over terms above 0; the formula of the paper
    is meant here.

    References
    ----------
    S. Venkataramanan, B. Psomas, E. Kijak, L. Amsaleg, K. Karantzalos, Y. Avrithis, "It Takes Two
    to Tango: Mixup for Deep Metric Learning", ICLR 2022, arXiv 2106.04990. The table of bases is
    to be verified against the paper.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> z, labels, row = np.eye(4), np.asarray([0, 0, 1, 1]), np.asarray
    >>> mixture = row([0]), row([0]), row([2]), row([0.5])  # of anchor 0: itself and a negative
    >>> float(pc.metrix(z, labels, *mixture).round(6))
    0.69023
    """
    xp, count = namespace(z), z.shape[0]
    form = base_of(base, z, margin, scale_pos, scale_neg)
    anchor, first, second = (loaded(index) for index in (anchor, first, second))
    u, u_back = unit_rows(z, normalize)
    if mixed is None:
        s, s_back = _of_mixtures(u, anchor, first, second, lam, renormalize)
    else:
        s, s_back = _of_given(u, anchor, mixed, renormalize)
    of_anchor = xp.take(labels, anchor, axis=0)
    own = [xp.astype(xp.take(labels, i, axis=0) == of_anchor, z.dtype) for i in (first, second)]
    y, rest = (lam * a + (1 - lam) * b for a, b in (own, (1 - own[0], 1 - own[1])))
    mixes_labels = own[0] != own[1]
    positives = _Sums(form.positive, s, y, mixes_labels, anchor, count)
    negatives = _Sums(form.negative, s, rest, mixes_labels, anchor, count)
    outer = form.outer(positives.sums, negatives.sums)
    losses, pull = weight * outer.losses, None
    if clean:
        p, n, pull = ClassPairs(z, labels, normalize).read(form.positive, form.negative)
        of_rows = form.outer(p, n)
        losses = losses + of_rows.losses

    def back(g):
        gs, on_weights = 0.0, []
        for k, sums in enumerate((positives, negatives)):
            on_scores, on_weight = sums.back(weight * g * outer.factors[k], outer.exponents[k])
            gs = gs + on_scores
            on_weights.append(on_weight)
        grads = s_back(gs)
        grads["lam"] = grads["lam"] + (on_weights[0] - on_weights[1]) * (own[0] - own[1])
        grads["z"] = u_back(grads["z"])
        if pull is not None:
            grads["z"] = grads["z"] + pull(g * of_rows.slopes[0], g * of_rows.slopes[1])["z"]
        return grads

    return losses, back


class _Mixtures(NamedTuple):
    """Similarities of anchors and mixtures, and their pullback to the rows, `lam` and `mixed`."""

    s: Array
    back: Callable[[Array], dict[str, Array]]


def _of_mixtures(
    u: Array, anchor: Array, first: Array, second: Array, lam: Array, renormalize: bool
) -> _Mixtures:
    """Of mixtures of the rows, from products of the rows alone."""
    xp, count, size = namespace(u), u.shape[0], lam.shape[0]
    rest = 1 - lam
    pairs = xp.concat([anchor, anchor, first]), xp.concat([first, second, second])
    products, products_back = listed_products(u, *pairs)
    to_first, to_second, both = (products[k * size : (k + 1) * size] for k in range(3))
    blend = lam * to_first + rest * to_second
    squares = row_dot(u, u)
    of_first, of_second = (xp.take(squares, index, axis=0) for index in (first, second))
    apart = lam * lam * of_first + rest * rest * of_second
    square = apart + 2 * lam * rest * both
    rounding = 2 * (8 + u.shape[1] ** 0.5) * float(xp.finfo(u.dtype).eps) * constant(apart)
    zero = square <= rounding
    length = xp.sqrt(xp.where(zero, 1.0, square)) if renormalize else xp.ones_like(blend)
    s = xp.where(zero, 0.0, blend / length) if renormalize else blend

    def back(g: Array) -> dict[str, Array]:
        gb, gq = g, xp.zeros_like(g)
        if renormalize:
            gb = xp.where(zero, 0.0, g / length)
            gq = -0.5 * gb * s / length  # by the squared length
        on_products = xp.concat([gb * lam, gb * rest, 2 * gq * lam * rest])
        on_squares = segment_sum(gq * lam * lam, first, count)
        on_squares = on_squares + segment_sum(gq * rest * rest, second, count)
        on_lam = gb * (to_first - to_second)
        on_lam = on_lam + 2 * gq * (lam * of_first - rest * of_second + (rest - lam) * both)
        return {"z": products_back(on_products) + 2 * on_squares[:, None] * u, "lam": on_lam}

    return _Mixtures(s, back)


def _of_given(u: Array, anchor: Array, mixed: Array, renormalize: bool) -> _Mixtures:
    """Of mixtures that are given as rows."""
    xp = namespace(u)
    v, v_back = unit_rows(mixed, renormalize)
    a = xp.take(u, anchor, axis=0)

    def back(g: Array) -> dict[str, Array]:
        on_rows = segment_sum(g[:, None] * v, anchor, u.shape[0])
        return {"z": on_rows, "lam": xp.zeros_like(g), "mixed": v_back(g[:, None] * a)}

    return _Mixtures(row_dot(a, v), back)


class _Sums:
    """Weighted sums of a function of the similarities, over the mixtures of each anchor.

    Parameters
    ----------
    kind : Kind
    s, weights : array (N,)
    varied : bool array (N,)
        Weights that have a derivative.
    anchor : integer array (N,)
    count : int
        Number of rows.

    Attributes
    ----------
    sums : array (B,)
        Logarithms of the sums, where the kind is a log-sum-exp.
    """

    def __init__(
        self, kind: Kind, s: Array, weights: Array, varied: Array, anchor: Array, count: int
    ):
        xp = namespace(s)
        self.s, self.weights, self.anchor, self.map = s, weights, anchor, kind.map
        self.values, self.in_logs = kind.map.value(s), kind.statistic is not TOTAL
        self.counts = varied | (weights != 0)
        if not self.in_logs:
            self.sums = segment_sum(weights * self.values, anchor, count)
            return
        fixed = xp.where(weights == 0, -xp.inf, constant(self.values))
        peak = finite_or_zero(segment_max(fixed, anchor, count))
        # Terms of weight 0 may lie above the peak.
        above = xp.minimum(self.values - xp.take(peak, anchor, axis=0), MOST)
        self.sums = safe_log(segment_sum(weights * xp.exp(above), anchor, count)) + peak

    def back(self, factor: Any, exponent: Any) -> tuple[Array, Array]:
        """Gradients of similarities and weights from ``factor exp(-exponent)`` by each sum."""
        xp = namespace(self.s)
        on_term = xp.take(factor, self.anchor, axis=0)
        on_weight = on_term * self.values
        if self.in_logs:
            logs = self.values - xp.take(exponent, self.anchor, axis=0)
            on_weight = on_term = on_term * xp.exp(xp.where(self.counts, logs, 0.0))
        return on_term * self.weights * self.map.derivative(self.s), on_weight

"""SupReMix: contrast of rows with real targets, and of mixtures with targets in between."""

from typing import Annotated, Any, Literal

from polycontrast.arrays import (
    Array,
    device,
    finite_or_zero,
    is_abstract,
    known,
    matmul,
    namespace,
    total,
)
from polycontrast.calculus import unit_rows
from polycontrast.losses.regression._view_rows import ViewRows
from polycontrast.objective import (
    Constant,
    Held,
    Nonnegative,
    Normalize,
    Positive,
    Reduction,
    Role,
    Temperature,
    objective,
)
from polycontrast.similarity import full_rows

_TARGETS = "Target of each sample, without a gradient."
_LAM = "Share of the anchor in its mixture with each other row; constants."
Rows = Annotated[Any, Role("views", ("M B D", "B D"), least_views=1)]
Shares = Annotated[
    Any, Role("rows", ("B B", "M B M B"), low=0.0, high=1.0, constant=True, about=_LAM)
]


@objective(
    invariances=("sample_permutation", "rotation", "row_scale"),
    held=Held("z", detach_mixtures=True),
)
def supremix(
    z: Rows,
    targets: Annotated[Any, Constant("B", about=_TARGETS)],
    lam: Shares | None = None,
    *,
    temperature: Temperature = 0.3,
    window: Positive = 5.0,
    weighting: Literal["l1", "l2", "none"] = "l1",
    mix_positives: bool = True,
    detach_mixtures: bool = True,
    count_offset: Nonnegative = 0.0,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Rows of one target pull together, against rows and mixtures of other targets (SupReMix).

    .. math:: \frac{1}{N} \sum_i \frac{1}{|P_i| + c} \sum_{p \in P_i} \Big[ \log
              \sum_{k \in A_i} (1 + |t_i - t_k|)\, e^{s_{ik}} - s_{ip} \Big],\quad
              s_{ik} = \langle \hat z_i, v_k \rangle / \tau

    Parameters
    ----------
    z
        Rows with a target each, or views of samples with a target each. All N = MB rows count.
    targets
        t.
    lam
        One for each pair of rows, see `supremix_lam`. None: no negatives are mixed.
    temperature
        The value of the authors' code.
    window
        Largest distance, exclusive, of an anchor's target from those of the rows of its mixed
        positives.
    weighting
        Weight of a candidate: 1 plus the distance of its target from the anchor's, plus the square
        of that, or 1.
    mix_positives
        Whether there are mixed positives.
    detach_mixtures
        Hold mixtures constant in the gradient, as the authors do.
    count_offset
        c. The authors' code has 1.
    reduction
        One per row, those of the first view first.

    Notes
    -----
    Candidates :math:`A_i` of row i are all other rows, :math:`v_k = \hat z_k`, and two kinds of
    mixtures. With each row k of another target, :math:`\lambda_{ik} \hat z_i + (1 - \lambda_{ik})
    \hat z_k` is a negative of the target :math:`\lambda_{ik} t_i + (1 - \lambda_{ik}) t_k`. Of each
    two rows with :math:`t_j < t_i < t_k` within the window, :math:`\alpha \hat z_j + (1 - \alpha)
    \hat z_k` with :math:`\alpha = (t_k - t_i) / (t_k - t_j)` has the target :math:`t_i`. The
    positives :math:`P_i` are these and the other rows of the target :math:`t_i`. A row without
    positives has the loss 0, and still counts in the mean. Mixtures are not scaled to unit length.

    Products of mixtures are mixtures of products: no mixture is built. Where there are mixed
    positives, the number of operations is that of the products, and of N times the pairs of rows
    whose targets are within two windows: at most :math:`N^3`. All logits of a row have one common
    shift. The authors' code shifts those of rows and of mixtures by different maxima, which changes
    their weights. The gradient of an anchor by frozen mixtures is a second product of the size of
    the first. Without mixtures and weights this is `sup_con`.

    References
    ----------
    Y. Wu et al., "Mixup Your Own Pairs" (SupReMix), 2023, arXiv 2309.16633.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> z, targets = np.eye(4), np.asarray([1.0, 2.0, 2.0, 3.0])
    >>> float(pc.supremix(z, targets, np.full((4, 4), 0.2)).round(6))
    1.28293
    """
    xp, rows = namespace(targets), ViewRows(z)
    u, u_back = unit_rows(rows.of(z), normalize)
    target, (numbers, every_number) = rows.repeated(targets), rows.numbers(targets)
    every_u, every_target = rows.gathered(u, targets)
    shares = () if lam is None else (rows.of_pairs(lam),)

    def read(S, row, t, number, *others):
        share, (targets, columns, numbers, tau) = others[:-4], others[-4:]
        own = number[:, None] == numbers[None, :]
        gap = xp.abs(t[:, None] - targets[None, :])
        lost = 0 * (t + xp.sum(targets))  # nan where a target has no place in the order
        positive = (gap == 0) & ~own
        logits = xp.where(own, -xp.inf, S + _log_weight(gap, weighting))
        negatives = [_WithAnchor(S, own, gap, part, weighting) for part in share]  # one or none
        each = [logits, *(mixtures.logits for mixtures in negatives)]
        peak = xp.max(xp.stack([xp.max(t, axis=1) for t in each]), axis=0)[:, None]
        peak = finite_or_zero(peak)
        z_sum = sum(xp.sum(xp.exp(t - peak), axis=1) for t in each)
        flags = xp.astype(positive, S.dtype)
        count, score = xp.sum(flags, axis=1), xp.sum(flags * S, axis=1)
        between = _Between(S, t, targets, window) if mix_positives else None
        if between is not None:
            more = between.sums(peak)
            z_sum, score, count = z_sum + more[0, :], score + more[1, :], count + more[2, :]
        there = count > 0
        lse = lost + peak[:, 0] + xp.log(xp.where(there, z_sum, 1.0))
        total_count = xp.where(there, count, 1.0) + count_offset
        losses = xp.where(there, (count * lse - score) / total_count, 0 * lse)

        def pull(g):
            g = xp.where(there, g / total_count, 0.0 * g)[:, None]
            shift, of_lse = lse[:, None], g * count[:, None]
            on_scores = of_lse * xp.exp(logits - shift) - g * flags
            on_mixtures = xp.zeros_like(S)
            for mixtures in negatives:
                on_logits = of_lse * xp.exp(mixtures.logits - shift)
                on_mixtures = on_mixtures + mixtures.back(on_logits)
            if between is not None:
                on_mixtures = on_mixtures + between.back(shift, of_lse, g)
            everything = on_scores + on_mixtures
            on_tau = -xp.sum(everything * S) / tau
            on_row = None
            if detach_mixtures:
                on_row = matmul(on_mixtures, columns) / tau
            else:
                on_scores = everything
            nothing = [None] * (len(share) + 5)
            return (on_scores, on_row, *nothing, on_tau)

        return losses, pull

    beside = u, target, numbers, *shares
    given = beside, (), (every_target, every_u, every_number, temperature)
    losses, pull = full_rows(u, every_u, 1 / temperature, read, *given, everywhere=True)

    def back(g):
        pulled = pull(rows.losses_back(g))
        gu = pulled.x + rows.returned(pulled.y)
        if detach_mixtures:
            gu = gu + pulled.beside[0]
        return {"z": rows.back(u_back(gu)), "temperature": pulled.shared[3]}

    return rows.losses(losses), back


def _log_weight(gap: Array, weighting: str) -> Array:
    """Logarithm of the weight of a candidate at this distance of targets."""
    xp = namespace(gap)
    if weighting == "none":
        return xp.zeros_like(gap)
    return xp.log1p(gap if weighting == "l1" else gap * gap)


class _WithAnchor:
    """Mixtures of the anchor and each row of another target.

    Parameters
    ----------
    S : array (b, N)
    own : bool array (b, N)
        True for the row with itself.
    gap : array (b, N)
        Distances of targets.
    share : array (b, N)
        Of the anchor.
    weighting : str

    Attributes
    ----------
    logits : array (b, N)
        With the logarithms of the weights; -inf where there is no mixture.
    """

    def __init__(self, S: Array, own: Array, gap: Array, share: Array, weighting: str):
        xp = namespace(S)
        self.own, self.rest = own, 1 - share
        to_own = xp.sum(xp.where(own, S, 0.0), axis=1, keepdims=True)
        logits = share * to_own + self.rest * S + _log_weight(self.rest * gap, weighting)
        self.logits = xp.where(gap > 0, logits, -xp.inf)

    def back(self, g: Array) -> Array:
        """Gradient of the scores from that of the logits."""
        xp = namespace(g)
        on_own = xp.sum(g * (1 - self.rest), axis=1, keepdims=True)
        return g * self.rest + xp.where(self.own, on_own, 0.0)


class _Between:
    """Mixtures of two rows whose targets are on both sides of the anchor's.

    Columns are in the order of the targets, and the pairs of a step are those of one distance in
    that order.

    Parameters
    ----------
    S : array (b, N)
    t : array (b,)
    targets : array (N,)
    window : float
    """

    def __init__(self, S: Array, t: Array, targets: Array, window: float):
        xp = namespace(S)
        self.order = xp.argsort(targets)
        self.home = xp.argsort(self.order)
        self.targets = xp.take(targets, self.order, axis=0)
        self.S, self.t = xp.take(S, self.order, axis=1), t[:, None]
        count, self.window = targets.shape[0], window
        self.place = xp.arange(count, dtype=xp.int32, device=device(S))
        ends = xp.astype(xp.searchsorted(self.targets, self.targets + 2 * window), xp.int32)
        most = 1 if is_abstract(S) else known(xp.max(ends - self.place))
        self.steps = max(1, (count if most is None else int(most)) - 1)

    def _moved(self, by: Any) -> Array:
        """Places so many steps on, in a circle."""
        xp, count, place = namespace(self.S), self.place.shape[0], self.place + by
        return xp.where(place < 0, place + count, xp.where(place < count, place, place - count))

    def _pairs(self, k: Any) -> tuple[Array, Array, Array]:
        """Scores of the mixtures of each row and the one ``k + 1`` places on; shares, validity."""
        xp = namespace(self.S)
        partner = self._moved(k + 1)
        low, high = self.targets, xp.take(self.targets, partner, axis=0)
        apart = xp.where(high > low, high - low, 1.0)
        share = (high[None, :] - self.t) / apart[None, :]
        below, above = self.t - low[None, :], high[None, :] - self.t
        valid = (below > 0) & (above > 0) & (below < self.window) & (above < self.window)
        right = xp.take(self.S, partner, axis=1)
        score = xp.where(valid, right + share * (self.S - right), -xp.inf)
        return score, share, valid

    def sums(self, peak: Array) -> Array:
        """Sums (3, b) of the exponentials less the peak, of the scores, and of ones."""
        xp = namespace(self.S)

        def term(k: Any) -> Array:
            score, _, valid = self._pairs(k)
            flags = xp.astype(valid, self.S.dtype)
            parts = xp.exp(score - peak), xp.where(valid, score, 0.0), flags
            return xp.stack([xp.sum(part, axis=1) for part in parts])

        return total(term, self.steps, self.S)

    def back(self, shift: Array, of_lse: Array, of_score: Array) -> Array:
        """Gradient (b, N) of the scores from those of the log-sum-exp and of minus the scores."""
        xp = namespace(self.S)

        def term(k: Any) -> Array:
            score, share, valid = self._pairs(k)
            w = of_lse * xp.exp(score - shift) - of_score * xp.astype(valid, self.S.dtype)
            right = xp.take((1 - share) * w, self._moved(-k - 1), axis=1)
            return share * w + right

        return xp.take(total(term, self.steps, self.S), self.home, axis=1)

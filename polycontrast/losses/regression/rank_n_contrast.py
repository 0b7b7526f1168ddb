"""Rank-N-Contrast: distances of rows in the order of the distances of their targets."""

from typing import Annotated, Any

from polycontrast.arrays import Array, cumulative_logaddexp, device, namespace
from polycontrast.calculus import RowOrder, unit_rows
from polycontrast.context import promised_cotangent
from polycontrast.contrast import full_distances
from polycontrast.objective import (
    Constant,
    Embeddings,
    Normalize,
    Reduction,
    Temperature,
    at_least_two,
    objective,
)
from polycontrast.similarity import numbers_of_samples

_ABOUT = "Target of each sample: a number, or T numbers. Without a gradient."


@objective(invariances=("sample_permutation", "rotation", "row_scale", "translation"))
def rank_n_contrast(
    z: Embeddings,
    targets: Annotated[Any, Constant("B", "B T", about=_ABOUT)],
    *,
    temperature: Temperature = 2.0,
    normalize: Normalize = False,
    reduction: Reduction = "mean",
):
    r"""Each row against all rows whose targets are at least as far from that of the anchor.

    .. math:: \frac{1}{B(B-1)} \sum_i \sum_{j \ne i} \Big( \log \sum_{k \ne i,\, g_{ik} \ge g_{ij}}
              e^{s_{ik} / \tau} - \frac{s_{ij}}{\tau} \Big), \quad s_{ij} = -|z_i - z_j|,\
              g_{ij} = |t_i - t_j|_1

    Parameters
    ----------
    temperature
        The paper's value.
    normalize
        The published code does not.
    reduction
        One per row.

    Notes
    -----
    Only the order of the gaps :math:`g_{ij}` of an anchor counts. Equal gaps are those that are
    equal after rounding: targets on a grid should be integers. With the sums :math:`Z_{ij}` of the
    logarithms, the gradient is

    .. math:: \frac{\partial L}{\partial s_{ij}} = \frac{1}{B(B-1) \tau} \Big( e^{s_{ij} / \tau}
              \sum_{k \ne i,\, g_{ik} \le g_{ij}} \frac{1}{Z_{ik}} - 1 \Big).

    Both kinds of sums run along the order of the gaps, in logarithms: O(B^2 D + B^2 log B)
    operations, where the published code takes O(B^3), and O(B) memory for each anchor of a block.

    Distances of rows that lie close together keep their digits in float32, because they are made in
    float64, or where JAX traces without it from differences. A distance within rounding is 0. The
    slope of the distance of coincident rows is 0. ``B = 2``: 0. A target that is not finite makes
    the loss nan.

    References
    ----------
    K. Zha, P. Cao, J. Son, Y. Yang, D. Katabi, "Rank-N-Contrast: Learning Continuous
    Representations for Regression", NeurIPS 2023, arXiv 2210.01189.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> z, targets = np.asarray([[0.0], [1.0], [3.0]]), np.asarray([20.0, 21.0, 50.0])
    >>> float(pc.rank_n_contrast(z, targets, temperature=1.0).round(6))
    0.125575
    """
    others = at_least_two("z and targets", z.shape[0], "another row") - 1
    u, u_back = unit_rows(z, normalize)
    own, every = numbers_of_samples(u)

    def read(d, numbers, target, all_targets, all_numbers, tau):
        xp, n = namespace(d), d.shape[1]
        gaps = _gaps(target, all_targets)
        # From the largest gap down. The row itself is the last one, behind all that count.
        order = RowOrder(xp.where(numbers[:, None] == all_numbers[None, :], 1.0, -gaps))
        last = xp.arange(n, dtype=xp.int32, device=device(d))[None, :] == n - 1
        lost = 0 * xp.sum(gaps, axis=1)[:, None]  # nan where a target has no place in the order
        s = order.sorted(-d / tau) + lost
        log_z = xp.take_along_axis(cumulative_logaddexp(s), order.last, axis=1)
        losses = xp.sum(xp.where(last, 0.0, log_z - s), axis=1) / others

        def pull(g):
            inverse = xp.flip(xp.where(last, -xp.inf, -log_z), axis=1)
            inverse = xp.flip(cumulative_logaddexp(inverse), axis=1)
            shares = xp.exp(s + xp.take_along_axis(inverse, order.first, axis=1))
            on_s = (g / others)[:, None] * xp.where(last, 0.0, shares - 1)
            on_d, on_tau = order.unsorted(-on_s / tau), -xp.sum(on_s * s) / tau
            return on_d, None, None, None, None, on_tau

        return losses, pull

    given = (own, targets), (targets,), (every, temperature)
    ahead = promised_cotangent(z[:, 0])
    losses, pull = full_distances(u, None, read, *given, ahead=ahead)

    def back(g):
        pulled = pull(g)
        return {"z": u_back(pulled.x), "temperature": pulled.shared[1]}

    return losses, back


def _gaps(t: Array, others: Array) -> Array:
    """Sums of the absolute differences of targets (b,) or (b, T) from those of all rows."""
    xp = namespace(t)
    if t.ndim == 1:
        return xp.abs(t[:, None] - others[None, :])
    return sum(_gaps(t[:, k], others[:, k]) for k in range(t.shape[1]))

"""The contrastive Fenchel-Legendre bound on mutual information."""

import math
from typing import Annotated, Any

from polycontrast.losses.bounds._critic import Critic, Scores
from polycontrast.objective import Normalize, Role, Temperature, objective
from polycontrast.similarity import EXP

Dual = Annotated[Any, Role("rows", ("B",), log_normalizer=1)]


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def flo_bound(
    scores: Scores,
    u: Dual,
    *,
    temperature: Temperature = 1.0,
    normalize: Normalize = True,
):
    r"""FLO bound on mutual information: InfoNCE with the logarithm unfolded by a dual variable.

    .. math:: -\frac{1}{B} \sum_i \Big[ u_i + \frac{e^{-u_i}}{B-1}
              \sum_{j \ne i} e^{s_{ij} - s_{ii}} - 1 \Big]

    Parameters
    ----------
    u
        Dual variable :math:`u_i` of each pair, differentiable. It comes from a small network, or
        from a moving average (which is `global_contrastive`).

    Returns
    -------
    estimate
        In nats. Maximise it, or minimise its negative. When u is far too small, it overflows to
        -inf.

    Raises
    ------
    ValueError
        When ``B < 2``, or ranks (``comm=``) share a matrix of scores.

    Notes
    -----
    The bound is unbiased for given u. It is largest, with derivative 0, when u is the logarithm of
    the mean exponential of the row's other scores relative to the match. Its gradient is then that
    of decoupled contrast (FlatNCE). A shift of a row leaves the bound unchanged.

    References
    ----------
    Q. Guo et al., "Tight Mutual
    Information Estimation With Contrastive Fenchel-Legendre Optimization", NeurIPS 2022, arXiv
    2107.01131.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> float(pc.flo_bound(np.eye(3), -np.ones(3)).round(6))
    1.0
    """
    critic = Critic(scores, temperature, normalize)
    critic.need_others()
    samples = critic.samples
    shift = -u - critic.match - math.log(samples - 1)
    others, pull = critic.sums_of(EXP, -1 / samples, shift)

    def back(g):
        h = g / samples
        grads = critic.pull(h * others, pull(g))
        return grads | {"u": h * (others - 1)}

    return 1 - critic.mean(u + others), back

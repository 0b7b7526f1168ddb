"""The tractable unnormalised bound of Barber and Agakov on mutual information."""

import math
from typing import Annotated, Any

from polycontrast.arrays import namespace
from polycontrast.losses.bounds._critic import Critic, Scores
from polycontrast.objective import Normalize, Role, Temperature, objective
from polycontrast.similarity import EXP

Baseline = Annotated[Any, Role("rows", ("B",), log_normalizer=1)]


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def tuba_bound(
    scores: Scores,
    log_baseline: Baseline,
    *,
    temperature: Temperature = 1.0,
    normalize: Normalize = True,
):
    r"""TUBA lower bound on mutual information, with a baseline for each sample.

    .. math:: 1 + \frac{1}{B} \sum_i (s_{ii} - a_i) - \frac{1}{B(B-1)}
              \sum_{i \ne j} e^{s_{ij} - a_i}

    Parameters
    ----------
    log_baseline
        Logarithm :math:`a_i` of an estimate of the normaliser of row i, differentiable.

    Returns
    -------
    estimate
        In nats. Maximise it, or minimise its negative. When a score is far above its baseline,
        it overflows to -inf.

    Raises
    ------
    ValueError
        When ``B < 2``, or ranks (``comm=``) share a matrix of scores.

    Notes
    -----
    The bound is unbiased for a given baseline. With :math:`a_i = 1` it is `nwj_bound`. With the
    best constant, the logarithm of the mean exponential of all other scores, it is `dv_bound`.

    References
    ----------
    B. Poole, S. Ozair, A. van den Oord, A. Alemi, G. Tucker, "On Variational Bounds of Mutual
    Information", ICML 2019, arXiv 1905.06922.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> float(pc.tuba_bound(np.eye(3), np.zeros(3)).round(6))
    1.0
    """
    critic = Critic(scores, temperature, normalize)
    critic.need_others()
    xp, samples = namespace(scores), critic.samples
    shift = -log_baseline - math.log(samples * (samples - 1))
    others, pull = critic.sums_of(EXP, -1, shift)

    def back(g):
        on_match = xp.zeros_like(critic.match) + g / samples
        grads = critic.pull(on_match, pull(g))
        return grads | {"log_baseline": g * others - on_match}

    value = 1 + critic.mean(critic.match - log_baseline) - critic.batch.sum(xp.sum(others))
    return value, back

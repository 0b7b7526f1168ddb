"""The bound of Donsker and Varadhan on mutual information."""

import math

from polycontrast.arrays import namespace
from polycontrast.losses.bounds._critic import Critic, Scores
from polycontrast.objective import Normalize, Temperature, objective


@objective(invariances=("sample_permutation", "rotation", "row_scale"), aliases=("MINE",))
def dv_bound(
    scores: Scores,
    *,
    temperature: Temperature = 1.0,
    normalize: Normalize = True,
):
    r"""Donsker-Varadhan estimate of mutual information: not limited by log B, of large variance.

    .. math:: \frac{1}{B} \sum_i s_{ii} - \log \frac{1}{B(B-1)} \sum_{i \ne j} e^{s_{ij}}

    Returns
    -------
    estimate
        In nats. Maximise it, or minimise its negative.

    Raises
    ------
    ValueError
        When ``B < 2``, or ranks (``comm=``) share a matrix of scores.

    Notes
    -----
    The logarithm of a mean over samples makes the estimate biased. This version has no moving
    average as in MINE. `tuba_bound` with a baseline from other data is unbiased. A constant shift
    of all scores leaves the estimate unchanged.

    References
    ----------
    M. Donsker, S. Varadhan, 1983. M. I. Belghazi et al., "MINE: Mutual Information Neural
    Estimation", ICML 2018, arXiv 1801.04062. B. Poole et al., ICML 2019, arXiv 1905.06922.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> float(pc.dv_bound(np.eye(3)).round(6))
    1.0
    """
    critic = Critic(scores, temperature, normalize)
    critic.need_others()
    xp, samples = namespace(scores), critic.samples
    others, pull = critic.logsumexp()
    total = critic.batch.logsumexp(others)

    def back(g):
        on_match = xp.zeros_like(critic.match) + g / samples
        return critic.pull(on_match, pull(-g * xp.exp(others - total)))

    return critic.mean(critic.match) - total + math.log(samples * (samples - 1)), back

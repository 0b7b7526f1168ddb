"""The bound of Donsker and Varadhan on mutual information."""

import math

from polycontrast.arrays import namespace
from polycontrast.losses.bounds._critic import Critic, Scores
from polycontrast.objective import Normalize, Temperature, objective


@objective(
    family="bounds",
    formula=r"\frac{1}{B} \sum_i s_{ii} - \log \frac{1}{B(B-1)} \sum_{i \ne j} e^{s_{ij}}",
    source="Donsker, Varadhan, 1983; Belghazi et al., MINE, ICML 2018, arXiv 1801.04062",
    cases=({"scores": "B B"}, {"temperature": 0.5}, {"normalize": False}),
    invariances=("sample_permutation", "rotation", "row_scale"),
    shards=True,
)
def dv_bound(
    scores: Scores,
    *,
    temperature: Temperature = 1.0,
    normalize: Normalize = True,
):
    r"""Donsker-Varadhan estimate of mutual information: not limited by log B, of large variance.

    Parameters
    ----------
    scores : array (B, B), or pair of arrays (B, D)
        Values of a critic: ``scores[i, i]`` for joint samples, all others for independent ones.
        Or embeddings x and y, as a sequence or one array (2, B, D). The scores are then their
        inner products, computed in tiles and never stored, and the gradient is a pair as well.
    temperature : float or 0-d array, default 1.0
        :math:`\tau > 0` that divides the scores, differentiable.
    normalize : bool, default True
        Scale rows of embeddings to unit length first; a matrix of scores stays as it is.

    Returns
    -------
    estimate : 0-d array
        In nats. Maximise it, or minimise its negative.

    Raises
    ------
    ValueError, TypeError
        When ``B < 2``, shapes, dtypes, libraries or devices disagree, the
        temperature is not above 0, or ranks (``comm=``) share a matrix of scores.

    Notes
    -----
    .. math:: \frac{1}{B} \sum_i s_{ii} - \log \frac{1}{B(B-1)} \sum_{i \ne j} e^{s_{ij}}

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

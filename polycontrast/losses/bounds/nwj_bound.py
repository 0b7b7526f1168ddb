"""The bound of Nguyen, Wainwright and Jordan on mutual information."""

import math

from polycontrast.arrays import namespace
from polycontrast.losses.bounds._critic import Critic, Scores
from polycontrast.objective import Normalize, Temperature, objective
from polycontrast.similarity import EXP


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def nwj_bound(
    scores: Scores,
    *,
    temperature: Temperature = 1.0,
    normalize: Normalize = True,
):
    r"""NWJ (f-GAN, MINE-f) lower bound on mutual information: unbiased, of large variance.

    .. math:: \frac{1}{B} \sum_i s_{ii} - \frac{1}{B(B-1)} \sum_{i \ne j} e^{s_{ij} - 1}

    Returns
    -------
    estimate
        In nats. Maximise it, or minimise its negative. Large scores overflow to -inf.

    Raises
    ------
    ValueError
        When ``B < 2``, or ranks (``comm=``) share a matrix of scores.

    Notes
    -----
    The bound is never above `dv_bound` of the same scores. Its best critic is 1 plus the log
    density ratio.

    References
    ----------
    X. Nguyen, M. Wainwright, M. Jordan, "Estimating Divergence Functionals and the Likelihood
    Ratio by Convex Risk Minimization", 2010, arXiv 0809.0853. B. Poole et al., ICML 2019, arXiv
    1905.06922.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> float(pc.nwj_bound(np.eye(3)).round(6))
    0.632121
    """
    critic = Critic(scores, temperature, normalize)
    critic.need_others()
    xp, samples = namespace(scores), critic.samples
    shift = xp.full_like(critic.match, -1 - math.log(samples * (samples - 1)))
    others, pull = critic.sums_of(EXP, -1, shift)

    def back(g):
        on_match = xp.zeros_like(critic.match) + g / samples
        return critic.pull(on_match, pull(g))

    return critic.mean(critic.match) - critic.batch.sum(xp.sum(others)), back

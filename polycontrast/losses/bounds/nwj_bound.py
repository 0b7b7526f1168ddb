"""The bound of Nguyen, Wainwright and Jordan on mutual information."""

import math

from polycontrast.arrays import namespace
from polycontrast.losses.bounds._critic import Critic, Scores
from polycontrast.objective import Normalize, Temperature, objective
from polycontrast.similarity import EXP


@objective(
    family="bounds",
    formula=r"\frac{1}{B} \sum_i s_{ii} - \frac{1}{B(B-1)} \sum_{i \ne j} e^{s_{ij} - 1}",
    source="Nguyen, Wainwright, Jordan, 2010, arXiv 0809.0853; Poole et al., ICML 2019, arXiv "
    "1905.06922",
    cases=({"scores": "B B"}, {"temperature": 0.5}, {"normalize": False}),
    invariances=("sample_permutation", "rotation", "row_scale"),
    shards=True,
)
def nwj_bound(
    scores: Scores,
    *,
    temperature: Temperature = 1.0,
    normalize: Normalize = True,
):
    r"""NWJ (f-GAN, MINE-f) lower bound on mutual information: unbiased, of large variance.

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
        In nats. Maximise it, or minimise its negative. Large scores overflow to -inf.

    Raises
    ------
    ValueError, TypeError
        When ``B < 2``, shapes, dtypes, libraries or devices disagree, the
        temperature is not above 0, or ranks (``comm=``) share a matrix of scores.

    Notes
    -----
    .. math:: \frac{1}{B} \sum_i s_{ii} - \frac{1}{B(B-1)} \sum_{i \ne j} e^{s_{ij} - 1}

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

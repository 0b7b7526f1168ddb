"""The tractable unnormalised bound of Barber and Agakov on mutual information."""

import math
from typing import Annotated, Any

from polycontrast.arrays import namespace
from polycontrast.losses.bounds._critic import Critic, Scores
from polycontrast.objective import Normalize, Role, Temperature, objective
from polycontrast.similarity import EXP

Baseline = Annotated[Any, Role("rows", ("B",))]


@objective(
    family="bounds",
    formula=r"1 + \frac{1}{B} \sum_i (s_{ii} - a_i) - \frac{1}{B(B-1)} \sum_{i \ne j} "
    r"e^{s_{ij} - a_i}",
    source="Poole, Ozair, van den Oord, Alemi, Tucker, ICML 2019, arXiv 1905.06922",
    cases=({"scores": "B B"}, {"temperature": 0.5}, {"normalize": False}),
    invariances=("sample_permutation", "rotation", "row_scale"),
    shards=True,
)
def tuba_bound(
    scores: Scores,
    log_baseline: Baseline,
    *,
    temperature: Temperature = 1.0,
    normalize: Normalize = True,
):
    r"""TUBA lower bound on mutual information, with a baseline for each sample.

    Parameters
    ----------
    scores : array (B, B), or pair of arrays (B, D)
        Values of a critic: ``scores[i, i]`` for joint samples, all others for independent ones.
        Or embeddings x and y, as a sequence or one array (2, B, D). The scores are then their
        inner products, computed in tiles and never stored, and the gradient is a pair as well.
    log_baseline : array (B,)
        Logarithm :math:`a_i` of an estimate of the normaliser of row i, differentiable.
    temperature : float or 0-d array, default 1.0
        :math:`\tau > 0` that divides the scores, differentiable.
    normalize : bool, default True
        Scale rows of embeddings to unit length first; a matrix of scores stays as it is.

    Returns
    -------
    estimate : 0-d array
        In nats. Maximise it, or minimise its negative. When a score is far above its baseline,
        it overflows to -inf.

    Raises
    ------
    ValueError, TypeError
        When ``B < 2``, shapes, dtypes, libraries or devices disagree, the
        temperature is not above 0, or ranks (``comm=``) share a matrix of scores.

    Notes
    -----
    .. math:: 1 + \frac{1}{B} \sum_i (s_{ii} - a_i)
              - \frac{1}{B(B-1)} \sum_{i \ne j} e^{s_{ij} - a_i}

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

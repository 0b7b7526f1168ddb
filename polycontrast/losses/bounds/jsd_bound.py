"""The Jensen-Shannon estimate of dependence."""

from typing import Literal

from polycontrast.arrays import namespace, sigmoid, softplus
from polycontrast.losses.bounds._critic import Critic, Scores
from polycontrast.losses.bounds.nwj_bound import nwj_bound
from polycontrast.objective import Held, Normalize, Temperature, objective
from polycontrast.similarity import SOFTPLUS


@objective(invariances=("sample_permutation", "rotation", "row_scale"), held=Held(estimate="nwj"))
def jsd_bound(
    scores: Scores,
    *,
    estimate: Literal["jsd", "nwj"] = "jsd",
    temperature: Temperature = 1.0,
    normalize: Normalize = True,
):
    r"""Jensen-Shannon estimate of dependence: a critic that trains well, no mutual information.

    .. math:: -\frac{1}{B} \sum_i \mathrm{softplus}(-s_{ii}) - \frac{1}{B(B-1)} \sum_{i \ne j}
              \mathrm{softplus}(s_{ij})

    Parameters
    ----------
    estimate
        The value that is returned. "nwj": the value of `nwj_bound`, an estimate of mutual
        information, with the gradient of the Jensen-Shannon estimate, as published.

    Returns
    -------
    estimate
        A bound on twice the Jensen-Shannon divergence minus 2 log 2, at most 0. Maximise it, or
        minimise its negative.

    Raises
    ------
    ValueError
        When ``B < 2``, or ranks (``comm=``) share a matrix of scores.

    Notes
    -----
    The best critic of this bound is the log density ratio. With
    it, the value is the mutual information minus 1/e; that of ``pc.nwj_bound(scores + 1)`` is not.

    References
    ----------
    R. D. Hjelm et al., "Learning Deep Representations by Mutual Information Estimation and
    Maximization", ICLR 2019, arXiv 1808.06670. B. Poole et al., ICML 2019, arXiv 1905.06922.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> float(pc.jsd_bound(np.eye(3)).round(6))
    -1.006409
    """
    critic = Critic(scores, temperature, normalize)
    critic.need_others()
    xp, samples = namespace(scores), critic.samples
    pairs = samples * (samples - 1)
    others, pull = critic.sums_of(SOFTPLUS, -1 / pairs)
    if estimate == "nwj":
        value = nwj_bound(scores, temperature=temperature, normalize=normalize)
    else:
        total = critic.batch.sum(xp.sum(others))
        value = -critic.mean(softplus(-critic.match)) - total / pairs

    def back(g):
        on_match = g / samples * sigmoid(-critic.match)
        return critic.pull(on_match, pull(g))

    return value, back

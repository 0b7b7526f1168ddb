"""The divergence of scores from the ranks of targets."""

from polycontrast.arrays import infinite_to_nan, logsumexp, namespace
from polycontrast.calculus.scores import Ranking
from polycontrast.losses.ranking._arguments import Scores, Targets
from polycontrast.objective import Temperature, objective


@objective(invariances=("sample_permutation",), shards=False)
def rank_kl(pred: Scores, target: Targets, *, temperature: Temperature = 0.05):
    r"""Divergence of the softmax of scores from an ideal one, made of the ranks of targets.

    .. math:: \frac{1}{B} \sum_i q_i \log \frac{q_i}{p_i}, \quad p = \mathrm{softmax}(s / \tau),
              \quad q = \mathrm{softmax}(e / \tau), \quad e_i = \frac{B - 1 - r_i}{B - 1}

    Parameters
    ----------
    pred
        Scores s.
    target
        Numbers whose ranks r, from 0 for the largest, make the ideal scores e. Equal ones share the
        mean of their ranks. Without a gradient.
    temperature
        Of both distributions. The published value.

    Notes
    -----
    Gradient: :math:`(p - q) / (B \tau)`. The temperature acts on both: Euler's theorem. The factor
    1 / B is that of the published code. It is 0 where scores are the ideal ones plus a constant,
    and for ``B = 1``. O(B log B).

    References
    ----------
    B. Zhang et al., "CoDiEmb: A Collaborative yet Distinct Framework for Unified Representation
    Learning in Information Retrieval and Semantic Textual Similarity", 2025, arXiv 2508.11442.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> scores, target = np.asarray([1.0, 0.0]), np.asarray([0.1, 0.7])
    >>> float(pc.rank_kl(scores, target, temperature=1.0).round(6))
    0.231059
    """
    xp, count = namespace(pred), pred.shape[0]
    # A shift changes nothing; differences of scores keep more digits than scores.
    pred = infinite_to_nan(pred)
    pred = pred - xp.max(pred)
    ideal = Ranking(target).average() / max(1, count - 1) + 0 * target
    log_p, log_q = _log_softmax(pred / temperature), _log_softmax(ideal / temperature)
    p, q = xp.exp(log_p), xp.exp(log_q)
    terms = q * (log_q - log_p)
    total = xp.sum(terms)

    def back(g):
        on_pred = g / count * (p - q)
        on_ideal = g / count * (terms - q * total)
        # Both are in the order of logits: scores over the temperature.
        on_tau = -xp.sum(on_pred * pred + on_ideal * ideal) / temperature**2
        return {"pred": on_pred / temperature, "temperature": on_tau}

    return total / count, back


def _log_softmax(t):
    return t - logsumexp(t)

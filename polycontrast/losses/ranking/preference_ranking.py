"""Preference ranking: each sample against all samples with lower targets."""

from polycontrast.arrays import infinite_to_nan, namespace, sigmoid, softplus
from polycontrast.calculus.scores import levels
from polycontrast.contrast import on_temperature
from polycontrast.losses.ranking._arguments import Scores, Targets
from polycontrast.objective import Nonnegative, Reduction, Temperature, objective
from polycontrast.similarity import Above, Similarity


@objective(invariances=("sample_permutation",), shards=False)
def preference_ranking(
    pred: Scores,
    target: Targets,
    *,
    temperature: Temperature = 0.05,
    eps: Nonnegative = 1e-8,
    reduction: Reduction = "mean",
):
    r"""Cross-entropy of each score among those with lower targets, scaled by the gaps of targets.

    .. math:: \frac{1}{K} \sum_k \Big[ \log \Big( e^{w_k s_k / \tau} + \sum_{j:\, t_k - t_j >
              \epsilon} e^{(t_k - t_j) s_j / \tau} \Big) - w_k s_k / \tau \Big], \quad
              w_k = \max_j (t_k - t_j)

    Parameters
    ----------
    pred
        Scores s.
    target
        Numbers t whose gaps scale the scores. Without a gradient.
    temperature
        The published value.
    eps
        Largest gap of two targets that count as equal.
    reduction
        One of each sample. Those with no lower target are 0, and K is the number of the others.

    Notes
    -----
    Gradient of a term: each share in the sum times its gap over the temperature, less :math:`w_k /
    \tau` for its own score. A shift of the targets changes nothing, and targets times c are the
    temperature over c. With targets 0 and 1 every positive has the InfoNCE loss against all scores
    with target 0. Equal targets or ``B = 1``: 0.

    The scaled scores are inner products of two numbers, :math:`(t_k, -1)` and :math:`(s_j, t_j
    s_j)`, so that they are computed in tiles and never stored. In main memory the work is O(B L)
    for L different targets; elsewhere it is O(B^2).

    References
    ----------
    B. Zhang et al., "CoDiEmb: A Collaborative yet Distinct Framework for Unified Representation
    Learning in Information Retrieval and Semantic Textual Similarity", 2025, arXiv 2508.11442;
    after F. Song et al., "Preference Ranking Optimization for Human Alignment", AAAI 2024, arXiv
    2306.17492.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> scores, target = np.asarray([0.5, 0.0, 0.0]), np.asarray([1.0, 0.0, 0.0])
    >>> float(pc.preference_ranking(scores, target, temperature=1.0).round(6))
    0.794377
    """
    xp, scale, s = namespace(pred), 1 / temperature, infinite_to_nan(pred)
    # Above the lowest one, targets that lie close keep the digits of their gaps.
    t = target - xp.min(target) + 0 * target
    own = scale * t * s
    some, spread, gather = levels(t)
    rows = xp.stack([some, xp.full_like(some, -1.0)], axis=1)
    columns = xp.stack([s, t * s], axis=1)
    matrix = Similarity(rows, columns, scale=scale, pairs=Above(some, t, eps))
    lower, _, pull = matrix.logsumexp(columns=False)
    excess = spread(lower) - own

    def back(g):
        p = g * sigmoid(excess)
        on_columns = pull(gather(p), None).y
        on_pred = on_columns[:, 0] + t * (on_columns[:, 1] - scale * p)
        return {"pred": on_pred, "temperature": on_temperature(temperature, 1, (s, on_pred))}

    return softplus(excess), back, ~(t <= eps)

"""A smooth bound of the area over the ROC curve of two sets of scores."""

from typing import Annotated, Any, Literal

from polycontrast.arrays import infinite_to_nan, namespace
from polycontrast.contrast import on_temperature
from polycontrast.contrast.pair_sums import SumsOverScores, pair_sums, panels_for
from polycontrast.objective import Role, Temperature, objective

NODES = 16  # of a panel
Positives = Annotated[Any, Role("rows", ("P",), about="Scores of the positives.")]
Negatives = Annotated[Any, Role("rows", ("Q",), about="Scores of the negatives.")]


@objective(shards=False)
def mann_whitney_scores(
    pos: Positives,
    neg: Negatives,
    *,
    temperature: Temperature = 1.0,
    reduction: Literal["mean", "sum"] = "mean",
):
    r"""Logistic loss of every pair of a positive and a negative score.

    .. math:: \frac{1}{P Q} \sum_{p,q} \mathrm{softplus} \Big( \frac{s^-_q - s_p}{\tau} \Big)

    Parameters
    ----------
    temperature
        At small ones the loss times the temperature is the mean hinge of the differences.
    reduction
        Mean over all pairs, or their sum.

    Notes
    -----
    One minus `roc_auc` is at most the mean over log 2. A shift of all scores changes nothing. With
    one score in each set it is the logistic loss.

    The sum over positives is a smooth function of the negative score. It is tabulated on intervals
    of two temperatures and interpolated at each negative, in O(P n + Q) steps for n nodes, with an
    error of the order of rounding. Where there are more nodes than negatives, or JAX traces the
    call, all pairs are computed, in tiles.

    References
    ----------
    M. Sheikholeslami et al., "Optimizing What Matters", 2025, arXiv 2510.00137.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> pos, neg = np.asarray([1.0, 2.0]), np.asarray([0.0, 1.0])
    >>> float(pc.mann_whitney_scores(pos, neg).round(6))
    0.36165
    """
    xp, pos, neg = namespace(pos), infinite_to_nan(pos), infinite_to_nan(neg)
    # A shift of all changes nothing. Centred scores are smallest.
    both = xp.concat([pos, neg])
    centre = (xp.max(both) + xp.min(both)) / 2
    pos, neg = pos - centre, neg - centre
    bound = xp.max(xp.abs(both - centre))
    pairs = pos.shape[0] * neg.shape[0]
    factor = 1 / pairs if reduction == "mean" else 1.0
    if NODES * panels_for(bound, temperature) < neg.shape[0]:
        table = SumsOverScores(pos, temperature, bound)
        sums = table.function.value(neg)
    else:
        table = None
        sums, _, pull = pair_sums(neg, pos, temperature)

    def back(g):
        h = xp.zeros_like(neg) + factor * g
        if table is None:
            on_neg, on_pos = pull(h)
        else:
            on_neg = h * table.function.derivative(neg)
            on_pos = table.back(factor * g * table.weights(neg))
        on_tau = on_temperature(temperature, 1, (pos, on_pos), (neg, on_neg))
        return {"pos": on_pos, "neg": on_neg, "temperature": on_tau}

    return factor * xp.sum(sums), back

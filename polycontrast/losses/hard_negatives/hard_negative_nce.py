"""Contrastive learning with hard negative samples."""

from typing import Annotated

from polycontrast.arrays import finite_or_zero, safe_log
from polycontrast.contrast import JointRows, count_others, debiased
from polycontrast.objective import (
    Embeddings,
    Ids,
    Interval,
    Nonnegative,
    Reduction,
    Same,
    Temperature,
    objective,
)
from polycontrast.similarity import Reading, Similarity, line


@objective(
    invariances=("sample_permutation", "rotation", "row_scale", "swap"),
    same_as=(Same("debiased_nce", when={"beta": 0.0}),),
    aliases=("HCL",),
)
def hard_negative_nce(
    x: Embeddings,
    y: Embeddings,
    ids: Ids | None = None,
    *,
    temperature: Temperature = 0.5,
    tau_plus: Annotated[float, Interval(0.0, 1.0, open_high=True)] = 0.1,
    beta: Nonnegative = 1.0,
    reduction: Reduction = "mean",
):
    r"""Debiased contrastive loss in which a negative counts more, the more similar it is.

    .. math:: \frac{1}{2B} \sum_{a=1}^{2B} \log \Big( 1 + \frac{g_a}{e^{s_a^+}} \Big),\quad
              g_a = \max \Big( \frac{R_a - \tau_+ n e^{s_a^+}}{1 - \tau_+},\; n e^{-1/\tau} \Big),
              \quad R_a = n \frac{\sum_{b \ne a, p(a)} e^{(1 + \beta) s_{ab}}}
              {\sum_{b \ne a, p(a)} e^{\beta s_{ab}}}

    Parameters
    ----------
    x, y
        Two views. Rows are always scaled to unit length.
    temperature
        The paper's value.
    tau_plus
        Probability :math:`\tau_+` that another sample is of the anchor's class.
    beta
        Concentration :math:`\beta` on hard negatives.
    reduction
        There are 2B, those of `x` first.

    Returns
    -------
    loss : 0-d array, or (2B,) for ``reduction="none"``

    Notes
    -----
    Scores, partners and n are those of `debiased_nce`. The weights :math:`e^{\beta s}` are
    differentiated. Both sums are log-sum-exps of one product, so large :math:`\beta` and small
    temperatures do not overflow: :math:`\log R = \log n + \mathrm{LSE}((1 + \beta) s) -
    \mathrm{LSE}(\beta s)`. ``B = 1``: value 0, gradient 0.

    References
    ----------
    J. Robinson, C.-Y. Chuang, S. Sra, S. Jegelka, "Contrastive Learning with Hard Negative
    Samples", ICLR 2021, arXiv 2010.04592.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.eye(3)
    >>> float(pc.hard_negative_nce(x, x, temperature=1.0).round(6))
    0.784164
    """
    others = count_others(ids, x)
    log_n = finite_or_zero(safe_log(2 * others))[None, :]
    softer = line(beta / (1 + beta))  # beta s, of the products (1 + beta) s

    def hard_mass(z, scale, pairs, matches):
        matrix = Similarity(z, scale=(1 + beta) * scale, pairs=pairs)
        exp_sum = matrix.exp_sum()
        (hard, soft), _, pull = matrix.read(Reading(exp_sum), Reading(exp_sum, map=softer))
        return hard - finite_or_zero(soft) + log_n, lambda g: pull((g, -g)).x

    return debiased(JointRows(x, y, temperature, True, ids, read=hard_mass), tau_plus, others)

"""Debiased contrastive learning."""

from typing import Annotated

from polycontrast.contrast import JointRows, count_others, debiased
from polycontrast.objective import (
    Embeddings,
    Ids,
    Interval,
    Reduction,
    Same,
    Temperature,
    objective,
)


@objective(
    invariances=("sample_permutation", "rotation", "row_scale", "swap"),
    same_as=(Same("nt_xent", when={"tau_plus": 0.0}),),
)
def debiased_nce(
    x: Embeddings,
    y: Embeddings,
    ids: Ids | None = None,
    *,
    temperature: Temperature = 0.5,
    tau_plus: Annotated[float, Interval(0.0, 1.0, open_high=True)] = 0.1,
    reduction: Reduction = "mean",
):
    r"""Debiased contrastive loss: NT-Xent whose negatives are corrected for false ones.

    .. math:: \frac{1}{2B} \sum_{a=1}^{2B} \log \Big( 1 + \frac{g_a}{e^{s_a^+}} \Big),\quad
              g_a = \max \Big( \frac{\sum_{b \ne a, p(a)} e^{s_{ab}} - \tau_+ n e^{s_a^+}}
              {1 - \tau_+},\; n e^{-1/\tau} \Big)

    Parameters
    ----------
    x, y
        Two views. Rows are always scaled to unit length.
    temperature
        The paper's value.
    tau_plus
        Probability :math:`\tau_+` that another sample is of the anchor's class.
    reduction
        There are 2B, those of `x` first.

    Returns
    -------
    loss : 0-d array, or (2B,) for ``reduction="none"``

    Notes
    -----
    Here :math:`s_{ab}` are cosines over the temperature, :math:`p(a) = a \pm B` is the partner of
    row a, :math:`s_a^+` its score, and :math:`n = 2B - 2`, or the number of negatives that `ids`
    leave. All is computed from :math:`\log \sum e^{s_{ab}} - s_a^+`, so small temperatures do not
    overflow. At the floor :math:`n e^{-1/\tau}` no gradient reaches the negatives; where both terms
    are equal, the floor is taken. ``B = 1``: value 0, gradient 0. The cost is that of `nt_xent`.

    References
    ----------
    C.-Y. Chuang, J. Robinson, Y.-C. Lin, A. Torralba, S. Jegelka, "Debiased Contrastive Learning",
    NeurIPS 2020, arXiv 2007.00224.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.eye(3)
    >>> float(pc.debiased_nce(x, x, temperature=1.0).round(6))
    0.784164
    """
    rows = JointRows(x, y, temperature, True, ids)
    return debiased(rows, tau_plus, count_others(ids, x))

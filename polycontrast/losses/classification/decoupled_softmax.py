"""Softmax of many labels, in which the positives of a sample do not compete."""

import math
from typing import Annotated, Any

from polycontrast.arrays import Array, device, namespace
from polycontrast.calculus import unit_rows
from polycontrast.contrast import on_temperature
from polycontrast.objective import (
    BadArgument,
    Embeddings,
    Normalize,
    Reduction,
    Role,
    Temperature,
    objective,
)
from polycontrast.similarity import SOFTPLUS, CountedSum, Listed, Mask, Reading, Rule, Similarity

LabelRows = Annotated[Any, Role("rows", ("L D",), about="Row l stands for label l.")]
_POSITIVE = "True for the labels that a sample has."
_IGNORE = "True for labels that are neither positives nor negatives of a sample."
_LISTS = "Integers are the numbers of these labels, with -1 in the places of shorter lists."
LabelMask = Annotated[
    Any, Role("rows", ("B L", "B P"), dtype="bool", listed="L", about=f"{_POSITIVE} {_LISTS}")
]
Ignored = Annotated[
    Any, Role("rows", ("B L", "B U"), dtype="bool", listed="L", about=f"{_IGNORE} {_LISTS}")
]


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def decoupled_softmax(
    x: Embeddings,
    y: LabelRows,
    positive: LabelMask,
    ignore: Ignored | None = None,
    *,
    temperature: Temperature = 0.05,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Cross-entropy of each label of a sample against the labels that it does not have.

    .. math:: -\frac{1}{B} \sum_i \frac{1}{|P_i|} \sum_{p \in P_i} \log
              \frac{e^{s_{ip}}}{e^{s_{ip}} + \sum_{n \in N_i} e^{s_{in}}},\quad
              s_{il} = \langle \hat x_i, \hat y_l \rangle / \tau

    Parameters
    ----------
    y
        With ``comm=``, all ranks have the same.
    positive
        The sets :math:`P_i` of the formula; all other labels are in :math:`N_i`.
    ignore
        It wins over `positive`. The authors draw one positive of each sample and ignore the others.
    temperature
        The authors' value.

    Raises
    ------
    ValueError
        When there are lists as long as there are labels, which might be meant as a mask.

    Notes
    -----
    A sample without a positive, or without a negative, has loss and gradient 0 and still counts in
    the mean. Other positives are not in the denominator. With one positive of each sample it is
    the softmax over all labels. With the log-sum-exp :math:`N_i` of the negatives a positive has
    the loss :math:`\mathrm{softplus}(N_i - s_{ip})`, and with the mean :math:`q_i` of its
    derivatives :math:`\sigma(N_i - s_{ip})` a negative has the gradient weight :math:`q_i
    e^{s_{in} - N_i}`. There are two passes over the labels, one for :math:`N_i`. Similarities are
    computed in tiles. A mask is as large as all of them, lists are not. A number that is listed
    twice counts once. Where JAX traces the lists, a number that is no label makes the loss nan.

    References
    ----------
    N. Gupta et al., "Dual-Encoders for Extreme Multi-Label Classification" (DEXML), ICLR 2024,
    arXiv 2310.10636.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, labels = np.eye(3), np.array([[1, 1, 0], [0, 1, 0], [1, 0, 1]]) > 0
    >>> float(pc.decoupled_softmax(x, np.eye(3), labels, temperature=1.0).round(6))
    0.519285
    """
    xp, scale = namespace(x), 1 / temperature
    a, a_back = unit_rows(x, normalize)
    b, b_back = unit_rows(y, normalize)
    given, known = _labels("positive", positive, y)
    positives, negatives = given, ~given
    if ignore is not None:
        left_out, others_known = _labels("ignore", ignore, y)
        positives, negatives = given & ~left_out, ~(given | left_out)
        known = known & others_known
    matrix = Similarity(a, b, scale=scale, everywhere=True, what="labels")
    readings = Reading(matrix.exp_sum(), negatives), Reading(CountedSum(), positives)
    (lse, (_, count)), _, pull = matrix.read(*readings, columns=False)
    each = xp.where(count > 0, 1 / xp.maximum(count, 1.0), 0.0)
    each = xp.where(known, each, math.nan)
    differences = Similarity(
        a,
        b,
        scale=-scale,
        pairs=positives,
        offsets=(lse, None),
        everywhere=True,
        what="labels of the samples",
    )
    total, _, pull_differences = differences.sums_of(
        SOFTPLUS, columns=False, like=lse, share=lambda g: (g * each,)
    )

    def back(g):
        of_positives = pull_differences(g)
        of_negatives = pull((of_positives.of_rows, None))
        ga = of_positives.x + of_negatives.x
        on_tau = on_temperature(temperature, 1, (a, ga))
        gb = of_positives.y + of_negatives.y
        return {"x": a_back(ga), "y": b_back(gb), "temperature": on_tau}

    return each * total, back


def _labels(name: str, given: Array, y: Array) -> tuple[Rule, Array]:
    """Rule for the labels of each sample, and where all of its numbers are labels."""
    xp, count = namespace(y), y.shape[0]
    if xp.isdtype(given.dtype, "bool"):
        return Mask(given), xp.ones(given.shape[:1], dtype=xp.bool, device=device(given))
    if given.shape[1] >= count:
        text = f"{name} must list fewer than {count} labels, or be a mask of bool"
        raise BadArgument(f"{text}, got {given.dtype} {tuple(given.shape)}")
    return Listed(given), xp.all((given >= -1) & (given < count), axis=1)

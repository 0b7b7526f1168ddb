"""The loss of the soft top-k operator: every label of a sample among its k best."""

from typing import Annotated, Any

from polycontrast.arrays import Array, known, namespace, sigmoid, softplus
from polycontrast.calculus import unit_rows
from polycontrast.calculus.scores import shifted_to_sum
from polycontrast.contrast import on_temperature
from polycontrast.objective import (
    BadArgument,
    Embeddings,
    Normalize,
    Positive,
    Reduction,
    Role,
    Temperature,
    objective,
)
from polycontrast.similarity import full_rows

LabelRows = Annotated[Any, Role("rows", ("L D",), about="Row l stands for label l.")]
_POSITIVE = "True for the labels that a sample has."
_IGNORE = "True for labels that are left out of the scores of a sample."
LabelMask = Annotated[Any, Role("rows", ("B L",), dtype="bool", about=_POSITIVE)]
Ignored = Annotated[Any, Role("rows", ("B L",), dtype="bool", about=_IGNORE)]
_K = "Number of labels to choose, one for all samples or one of each. Without a gradient."
Sums = Annotated[Any, Role("scalar", ("B",), low=0.0, open_low=True, constant=True, about=_K)]


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def soft_top_k_loss(
    x: Embeddings,
    y: LabelRows,
    positive: LabelMask,
    ignore: Ignored | None = None,
    *,
    k: Sums = 5,
    alpha: Positive = 2.0,
    temperature: Temperature = 0.05,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Cross-entropy of the labels of a sample under the soft top-k operator of its scores.

    .. math:: -\frac{1}{B} \sum_i \frac{1}{|P_i|} \sum_{p \in P_i} \log \sigma \big( \alpha (s_{ip}
              + t_i) \big), \quad t_i \text{ such that } \sum_l \sigma \big( \alpha (s_{il} + t_i)
              \big) = k_i, \quad s_{il} = \langle \hat x_i, \hat y_l \rangle / \tau

    Parameters
    ----------
    y
        With ``comm=``, all ranks have the same.
    positive
        The sets :math:`P_i` of the formula.
    ignore
        It wins over `positive`.
    k
        The authors have a fixed number, or that of the labels of each sample.
    alpha
        Sharpness of the operator. The published value.
    temperature
        The authors' value.

    Raises
    ------
    ValueError
        When k is not below the number of labels of a sample that are not ignored. Where JAX traces
        it, the loss of the sample is then nan.

    Notes
    -----
    With more labels than k it cannot reach 0. A sample without a label has loss and gradient 0 and
    still counts in the mean.

    With :math:`m_p = -\alpha \, \sigma(-\alpha (s_p + t)) / |P|` for labels and the slopes
    :math:`v_l` of all sigmoids, the gradient by :math:`s_l` is :math:`m_l - v_l \sum_p m_p / \sum_l
    v_l`. The shift is found as for `soft_top_k`. Masks are given as arrays, so their size is that
    of all similarities; these are computed in blocks of rows.

    References
    ----------
    N. Gupta et al., "Dual-Encoders for Extreme Multi-Label Classification" (DEXML), ICLR 2024,
    arXiv 2310.10636.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, labels = np.eye(3), np.array([[1, 1, 0], [0, 1, 0], [1, 0, 1]]) > 0
    >>> float(pc.soft_top_k_loss(x, np.eye(3), labels, k=1, temperature=1.0).round(6))
    0.87081
    """
    xp = namespace(x)
    a, a_back = unit_rows(x, normalize)
    b, b_back = unit_rows(y, normalize)
    each = k + xp.zeros_like(a[:, 0])
    beside = [each, positive] if ignore is None else [each, positive & ~ignore, ignore]
    _check(each, y.shape[0], ignore)

    def read(S, k, positives, *ignored):
        for left_out in ignored:
            S = xp.where(left_out, -xp.inf, S)
        z, pull = shifted_to_sum(S, k, alpha)
        share = 1 / xp.maximum(xp.sum(xp.astype(positives, S.dtype), axis=1), 1.0)
        losses = share * xp.sum(xp.where(positives, softplus(-z), 0.0), axis=1)

        def back(g):
            return pull(xp.where(positives, -(g * share)[:, None] * sigmoid(-z), 0.0))

        return losses, back

    losses, pull = full_rows(a, b, 1 / temperature, read, beside, everywhere=True)

    def back(g):
        found = pull(g)
        on_tau = on_temperature(temperature, 1, (a, found.x))
        return {"x": a_back(found.x), "y": b_back(found.y), "temperature": on_tau}

    return losses, back


def _check(k: Array, labels: int, ignore: Array | None) -> None:
    """Refuse rows with as many labels to choose as there are."""
    xp, counts = namespace(k), 0 * k + labels
    if ignore is not None:
        counts = counts - xp.sum(xp.astype(ignore, k.dtype), axis=1)
    room = known(xp.min(counts - k)) if k.shape[0] else None
    if room is not None and not room > 0:
        row = int(xp.argmin(counts - k))
        text = "k must be below the number of labels of a sample that are not ignored"
        raise BadArgument(f"{text}, got {float(k[row]):g} of {int(counts[row])} in row {row}")

"""Continuously weighted contrast: a frozen modality says how much other samples match."""

from typing import Annotated, Any

from polycontrast.arrays import Array, constant, known, namespace
from polycontrast.calculus import unit_rows
from polycontrast.contrast import SoftContrast, Targets, on_temperature
from polycontrast.objective import (
    BadArgument,
    Embeddings,
    Held,
    Normalize,
    Reduction,
    Role,
    Temperature,
    objective,
)

_ABOUT = "How much each sample matches each other; constants, at least 0, a row not all zero."
PairWeights = Annotated[Any, Role("rows", ("B B",), low=0.0, constant=True, about=_ABOUT)]


@objective(
    invariances=("sample_permutation", "rotation", "row_scale"), held=Held("x", weights=None)
)
def cwcl(
    x: Embeddings,
    y: Embeddings,
    weights: PairWeights | None = None,
    *,
    temperature: Temperature = 0.07,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Contrast in which all samples match in part, as far as a frozen modality finds them alike.

    .. math:: \frac{1}{B} \sum_i \Big[ \log \sum_j e^{s_{ij}} - \sum_j \bar w_{ij} s_{ij}
              + \log \sum_j e^{s_{ji}} - s_{ii} \Big],\quad
              s_{ij} = \langle \hat x_i, \hat y_j \rangle / \tau,\quad
              \bar w_{ij} = \frac{1 + \langle \hat x_i, \hat x_j \rangle}
              {\sum_k (1 + \langle \hat x_i, \hat x_k \rangle)}

    Parameters
    ----------
    x
        The frozen modality. Its rows are anchors with soft targets; those of `y` have one match.
    y
        The modality that learns.
    weights
        In place of the cosines :math:`1 + \langle \hat x_i, \hat x_k \rangle`; rows are divided by
        their sums. With ``comm=`` there are none.
    temperature
        CLIP's initial value.
    normalize
        The weights are of cosines in any case.
    reduction
        Those of a sample are the sum of both directions.

    Raises
    ------
    ValueError
        When a row of `weights` is all zero, or they are given with ``comm=``. Where JAX traces
        them, the loss is nan instead for such a row.

    Notes
    -----
    The gradient of `x` leaves out that through the weights, which are constants. With P and Q the
    softmax of rows and of columns, the derivative with respect to :math:`s_{ij}` is
    :math:`P_{ij} - \bar w_{ij} + Q_{ij} - \delta_{ij}`. The matrix of cosines has rank D + 1, so
    its products with rows take O(B D^2), and no pair beside those of the log-sum-exps; memory is
    O(B D) when tiled. Given `weights` are of size B x B themselves. With the identity as weights it
    is twice `info_nce`. ``B = 1``: value 0, gradient 0.

    References
    ----------
    R. S. Srinivasa, J. Cho, C. Yang, Y. M. Saidutta, C.-H. Lee, Y. Shen, H. Jin, "CWCL:
    Cross-Modal Transfer with Continuously Weighted Contrastive Loss", NeurIPS 2023, arXiv
    2309.14580.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.eye(3)
    >>> float(pc.cwcl(x, x, temperature=1.0).round(6))
    1.602889
    """
    a, a_back = unit_rows(x, normalize)
    b, b_back = unit_rows(y, normalize)
    if weights is not None:
        targets = Targets.dense(_shares(weights))
    else:
        targets = _cosines(constant(a if normalize else unit_rows(x)[0]))
    losses = SoftContrast(a, b, 1 / temperature, targets, Targets.matches(b))

    def back(g):
        ga, gb = losses.pull(g, g)
        on_tau = on_temperature(temperature, 1, (a, ga))
        return {"x": a_back(ga), "y": b_back(gb), "temperature": on_tau}

    return losses.rows + losses.columns, back


def _shares(weights: Array) -> Array:
    """Weights over the sums of their rows, of which none overflows."""
    xp = namespace(weights)
    largest = xp.max(weights, axis=1, keepdims=True)
    if known(xp.min(largest)) == 0:
        raise BadArgument("each row of weights must have a sum above zero, got a row of zeros")
    shares = weights / largest
    return shares / xp.sum(shares, axis=1, keepdims=True)


def _cosines(rows: Array) -> Targets:
    """``1 + <x_i, x_j>`` of unit rows, over the sums of the rows."""
    xp = namespace(rows)
    right = xp.concat([rows, xp.ones_like(rows[:, :1])], axis=1)
    sums = Targets.low_rank(right, right).sums
    return Targets.low_rank(right / sums[:, None], right)

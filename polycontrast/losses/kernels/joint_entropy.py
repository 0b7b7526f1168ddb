"""A kernel estimate of the joint entropy of two spaces."""

import math
from typing import Annotated, Any

from polycontrast.arrays import namespace, sigmoid, softplus
from polycontrast.calculus import unit_rows
from polycontrast.contrast import centred, log_kernel_sums, on_temperature
from polycontrast.objective import (
    Normalize,
    Reduction,
    Role,
    Temperature,
    objective,
    whole_batch,
)

Rows = Annotated[Any, Role("rows", ("N D",))]
OtherSpace = Annotated[Any, Role("rows", ("N E",))]


@objective(invariances=("sample_permutation", "rotation", "row_scale", "translation"))
def joint_entropy(
    x: Rows,
    y: OtherSpace,
    *,
    temperature: Temperature = 0.5,
    normalize: Normalize = False,
    reduction: Reduction = "mean",
):
    r"""Negative joint entropy of two spaces; lower is less dependent.

    .. math:: \frac{1}{N} \sum_i \log \frac{1}{N}
              \sum_j e^{-(|x_i - x_j|^2 + |y_i - y_j|^2) / (2 \tau)}

    Parameters
    ----------
    x
        Rows of the first space.
    y
        Rows of the same samples in the other space.
    temperature
        Square of the width of the kernel.

    Returns
    -------
    value
        In [-log N, 0].

    Notes
    -----
    The product of both kernels is the kernel of ``z = [x, y]``, so one Gram matrix is computed, and
    half of its tiles. Rows are centred first: distances come from inner products, of which far rows
    would lose digits. The kernel of a row with itself is exactly 1. With its softmaxes W, plus
    their transpose, the gradient is :math:`-(\mathrm{diag}(W 1)\, z - W z) / \tau`. ``N = 1``:
    value 0, gradient 0.

    References
    ----------
    R. Louiset, E. Duchesnay, A. Grigis, P. Gori, "Separating common from salient patterns with
    Contrastive Representation Learning", ICLR 2024, arXiv 2402.11928.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.eye(2)
    >>> float(pc.joint_entropy(x, x, temperature=1.0).round(4))
    -0.5662
    """
    xp = namespace(x)
    a, a_back = unit_rows(x, normalize)
    b, b_back = unit_rows(y, normalize)
    (z,) = centred(xp.concat([a, b], axis=1))
    others, pull = log_kernel_sums(1 / (2 * temperature), z)

    def back(g):
        gz, _ = pull(g * sigmoid(others))
        on_tau = on_temperature(temperature, 2, (z, gz))
        width = a.shape[1]
        return {"x": a_back(gz[:, :width]), "y": b_back(gz[:, width:]), "temperature": on_tau}

    return softplus(others) - math.log(whole_batch().samples(x.shape[0])), back

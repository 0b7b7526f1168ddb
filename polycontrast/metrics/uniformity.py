"""The evenness with which rows cover the sphere."""

from typing import Annotated, Any

from polycontrast.arrays import device, namespace
from polycontrast.calculus import unit_rows
from polycontrast.contrast import centred, log_mean_kernel
from polycontrast.objective import Normalize, Positive, Role, at_least_two, objective

Rows = Annotated[Any, Role("rows", ("N D",))]


@objective(invariances=("sample_permutation", "rotation", "row_scale", "translation"))
def uniformity(z: Rows, *, t: Positive = 2.0, normalize: Normalize = True):
    r"""Logarithm of the mean Gaussian potential of all pairs of rows; lower is more even.

    .. math:: \log \frac{2}{N(N-1)} \sum_{i<j} e^{-t |\hat z_i - \hat z_j|^2}

    Parameters
    ----------
    z
        At least two rows.
    t
        Sharpness of the potential; the paper's value.

    Returns
    -------
    value
        In [-4t, 0] for unit rows, 0 when all coincide.

    Raises
    ------
    ValueError
        When there are fewer than two rows.

    Notes
    -----
    For two views the authors average ``uniformity(x)`` and ``uniformity(y)``. With the softmax
    :math:`W` over all pairs the gradient is :math:`-2t\,(\mathrm{diag}(W 1)\, z - W z)`. Squared
    distances come from inner products, as a log-sum-exp, so distant points do not underflow. Half
    of the tiles are computed.

    References
    ----------
    T. Wang, P. Isola, "Understanding Contrastive Representation Learning through Alignment and
    Uniformity on the Hypersphere", ICML 2020, arXiv 2005.10242.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> float(pc.uniformity(np.eye(3)).round(6))
    -4.0
    """
    at_least_two("z", z.shape[0], "a pair")
    u, u_back = unit_rows(z, normalize)
    if not normalize:
        (u,) = centred(u)
    # Unit rows have |z_i|^2 + |z_j|^2 = 2, up to zero rows, which distances keep exact.
    factor = namespace(z).asarray(t, dtype=u.dtype, device=device(u))
    value, pull = log_mean_kernel(factor, u)
    return value, lambda g: {"z": u_back(pull(g)[0])}

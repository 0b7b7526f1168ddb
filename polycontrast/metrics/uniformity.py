"""The evenness with which rows cover the sphere."""

import math
from typing import Annotated, Any

from polycontrast.arrays import device, namespace
from polycontrast.calculus import unit_rows
from polycontrast.contrast import SquaredDistances, centred
from polycontrast.objective import BadArgument, Normalize, Positive, Role, objective, whole_batch
from polycontrast.similarity import OtherRows

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
    xp, batch = namespace(z), whole_batch()
    n = batch.samples(z.shape[0])
    if n < 2:
        raise BadArgument(f"z must have at least 2 rows, so that there is a pair, got {n}")
    u, u_back = unit_rows(z, normalize)
    if not normalize:
        (u,) = centred(u)
    factor = xp.asarray(t, dtype=u.dtype, device=device(u))
    # Unit rows have |z_i|^2 + |z_j|^2 = 2, up to zero rows, which distances keep exact.
    distances = SquaredDistances(factor, u, pairs=OtherRows())
    rows, _, pull = distances.matrix.logsumexp()
    total = batch.logsumexp(rows)

    def back(g):
        gu, _ = distances.on_rows(pull(g * xp.exp(rows - total)))
        return {"z": u_back(gu)}

    return total - math.log(n * (n - 1)), back

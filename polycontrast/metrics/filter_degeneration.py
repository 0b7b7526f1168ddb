"""Filters of a convolution that are zero, or alike."""

import math
from typing import NamedTuple

import numpy as np

from polycontrast.arrays import Array, as_floats, computing_dtype, device, namespace, quiet
from polycontrast.metrics._filters import filter_rows, principal_components


class FilterDegeneration(NamedTuple):
    """What `filter_degeneration` returns."""

    sparsity: Array
    variance_entropy: Array
    is_degenerate: Array


@quiet
def filter_degeneration(filters: Array, layer_max: float | None = None) -> FilterDegeneration:
    r"""Share of the filters of a layer that are nearly zero, and the variety of all of them.

    Parameters
    ----------
    filters : array (n, k, k) or (n, k * k)
        Filters of a layer.
    layer_max : float, optional
        Largest absolute weight of the layer; by default that of `filters`.

    Returns
    -------
    FilterDegeneration
        Named tuple of 0-d arrays without a gradient, in the namespace and on the device of
        `filters`.

        - ``sparsity``: share of filters with all entries in plus or minus ``layer_max / 100``.
        - ``variance_entropy``: :math:`-\sum_i \lambda_i \log_{10} \lambda_i` of the shares of
          variance :math:`\lambda` of the principal components. It is 0 when the filters differ in
          one direction at most.
        - ``is_degenerate``: True where the sparsity is above 1/2, or the entropy below half of its
          largest value :math:`\log_{10} k^2`.

    Raises
    ------
    ValueError, TypeError
        When `filters` is not real floating or has another shape, or `layer_max` is no number of at
        least 0.

    Notes
    -----
    A nan or an infinity anywhere makes both measures nan; ``is_degenerate`` is then False. Its
    thresholds are choices of this library, not verified against the paper. The paper also has one
    above which filters are as random ones. It depends on n and is not part of this function. In
    float64, by NumPy.

    References
    ----------
    P. Gavrikov, J. Keuper, "CNN Filter DB: An Empirical Investigation of Trained Convolutional
    Filters", CVPR 2022, arXiv 2203.15331.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> filters = np.random.default_rng(0).normal(size=(500, 3, 3))
    >>> bool(pc.filter_degeneration(filters).is_degenerate)
    False
    >>> filters[:400] *= 1e-3
    >>> found = pc.filter_degeneration(filters)
    >>> float(found.sparsity), bool(found.is_degenerate)
    (0.8, True)
    """
    name = "filter_degeneration"
    (rows,) = filter_rows(name, filters=filters)
    most = np.abs(rows).max()
    if layer_max is not None:
        (most,) = as_floats(name, layer_max=layer_max)
        if not 0 <= most < np.inf:
            raise ValueError(f"{name}: layer_max must be finite and >= 0, got {most}")
    sparsity = entropy = math.nan
    if np.isfinite(rows).all():
        sparsity = float(np.mean(np.all(np.abs(rows) <= most / 100, axis=1)))
        shares, _ = principal_components(rows)
        entropy = float(-np.sum(shares * np.log10(np.where(shares > 0, shares, 1))))
    xp, dtype, where = namespace(filters), computing_dtype(filters), device(filters)
    degenerate = sparsity > 0.5 or entropy < math.log10(rows.shape[1]) / 2
    return FilterDegeneration(
        xp.asarray(sparsity, dtype=dtype, device=where),
        xp.asarray(entropy, dtype=dtype, device=where),
        xp.asarray(degenerate, dtype=xp.bool, device=where),
    )

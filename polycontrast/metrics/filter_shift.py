"""The shift between the distributions of two sets of filters."""

import numpy as np

from polycontrast.arrays import Array, as_count, computing_dtype, like, quiet
from polycontrast.metrics._filters import filter_rows, principal_components

EMPTY = 2.0**-23
"""Density in place of that of an empty bin: the epsilon of float32, as in the authors' code."""


@quiet
def filter_shift(f: Array, g: Array, *, bins: int = 70) -> Array:
    r"""Divergence of the distributions of the filters of two convolutions or networks.

    .. math:: \sum_i \lambda_i \big[ \mathrm{KL}(p_i \| q_i) + \mathrm{KL}(q_i \| p_i) \big]

    Parameters
    ----------
    f, g : array (n, k, k) or (n, k * k)
        Filters of both, such as 3 x 3; the numbers n may differ.
    bins : int, default 70
        Number of bins of the histograms. (The authors' value.)

    Returns
    -------
    shift : 0-d array
        At least 0, in the namespace and on the device of `f`; 0 for equal sets. It has no gradient.
        A nan or an infinity anywhere makes it nan.

    Raises
    ------
    ValueError, TypeError
        When an array is not real floating or has another shape, the filters do not have the same
        size, or `bins` is no integer above 0.

    Notes
    -----
    Each filter is divided by its largest absolute weight. The principal components are those of
    both sets together, centred, and :math:`\lambda_i` is the share of the variance of component i.
    Of each set and component there is a histogram of the coefficients, :math:`p_i` and :math:`q_i`,
    over equal bins from -m to m for the largest absolute coefficient m of all. The authors use the
    smallest and the largest one in its place. The result then depends on the signs of the
    components, which are arbitrary. The density of an empty bin is replaced by 1.2e-7. A positive
    factor of a filter changes nothing, nor does an exchange of the sets. In float64, by NumPy.

    References
    ----------
    P. Gavrikov, J. Keuper, "CNN Filter DB: An Empirical Investigation of Trained Convolutional
    Filters", CVPR 2022, arXiv 2203.15331.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> f = np.random.default_rng(0).normal(size=(500, 3, 3))
    >>> float(pc.filter_shift(f, f)), bool(pc.filter_shift(f, abs(f)) > 1)
    (0.0, True)
    """
    name = "filter_shift"
    rows = filter_rows(name, f=f, g=g)
    sizes = [t.shape[1] for t in rows]
    if sizes[0] != sizes[1]:
        got = f"f {tuple(f.shape)} and g {tuple(g.shape)}"
        raise ValueError(f"{name}: f and g must hold filters of the same size, got {got}")
    bins = as_count(name, "bins", bins)
    if not all(np.isfinite(t).all() for t in rows):
        return like(np.asarray(np.nan), f, computing_dtype(f))
    scaled = [_over_largest(t) for t in rows]
    both = np.concatenate(scaled)
    shares, components = principal_components(both)
    coefficients = [(t - both.mean(axis=0)) @ components for t in scaled]
    most = max(np.abs(t).max() for t in coefficients)
    total = 0.0
    for i in range(sizes[0]) if most > 0 else ():
        p, q = (_distribution(t[:, i], bins, most) for t in coefficients)
        total += shares[i] * np.sum((p - q) * (np.log(p) - np.log(q)))
    return like(np.asarray(total), f, computing_dtype(f))


def _over_largest(rows: np.ndarray) -> np.ndarray:
    """Rows over their largest absolute entries; rows of zeros stay."""
    largest = np.abs(rows).max(axis=1, keepdims=True)
    return rows / np.where(largest == 0, 1, largest)


def _distribution(numbers: np.ndarray, bins: int, most: float) -> np.ndarray:
    density, _ = np.histogram(numbers, bins, (-most, most), density=True)
    density = np.where(density == 0, EMPTY, density)
    return density / density.sum()

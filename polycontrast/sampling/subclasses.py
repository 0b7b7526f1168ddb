"""Subclasses of about equal size, for the clusters of `sbcl`."""

import numpy as np

from polycontrast.arrays import (
    Array,
    check_floating,
    check_integers,
    describe,
    is_number,
    plain,
    to_numpy,
)
from polycontrast.calculus import unit_rows


def subclass_counts(class_sizes: Array, floor: int = 10) -> np.ndarray:
    r"""Number of subclasses of each class, so that all subclasses have about the same size.

    Parameters
    ----------
    class_sizes : integer array (C,)
        Number of samples of each class, at least 1.
    floor : int, default 10
        Smallest size of a subclass that is aimed at. (The authors' value.)

    Returns
    -------
    counts : NumPy integer array (C,)
        :math:`K_c = \max(1, \lfloor n_c / \max(\min_c n_c, \mathrm{floor}) \rfloor)`.

    Raises
    ------
    ValueError, TypeError
        When `class_sizes` is no integer array (C,) of numbers above 0, or `floor` is no integer
        above 0.

    References
    ----------
    C. Hou, J. Zhang, H. Wang, T. Zhou, "Subclass-balancing Contrastive Learning for Long-tailed
    Recognition", ICCV 2023, arXiv 2306.15925.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> pc.subclass_counts(np.asarray([500, 120, 5])).tolist()
    [50, 12, 1]
    """
    name, floor = "subclass_counts", plain(floor)
    check_integers(name, class_sizes=class_sizes)
    sizes = to_numpy(class_sizes)
    if sizes.ndim != 1 or not sizes.size:
        raise ValueError(f"{name}: class_sizes must have shape (C,), got {sizes.shape}")
    if sizes.min() < 1:
        raise ValueError(f"{name}: class_sizes must be above 0, got {sizes.min()}")
    if not is_number(floor) or not isinstance(floor, int) or floor < 1:
        raise ValueError(f"{name}: floor must be an integer >= 1, got {describe(floor)}")
    return np.maximum(1, sizes // max(int(sizes.min()), floor))


def balanced_assign(z: Array, centers: Array) -> np.ndarray:
    r"""Clusters of the rows of one class, of sizes that differ by at most 1: one step of k-means.

    Parameters
    ----------
    z : array (n, D)
        Rows of one class.
    centers : array (K, D)
        Rows and centres are scaled to unit length first.

    Returns
    -------
    clusters : NumPy integer array (n,)
        Index of the centre of each row.

    Raises
    ------
    ValueError, TypeError
        When arrays do not fit or are not finite, or the similarities of a centre do not have a sum
        above 0, which the order of pairs needs.

    Notes
    -----
    With the cosines :math:`s_{ki}`, pairs are visited from the largest of :math:`s_{ki} / \sum_j
    s_{kj}` to the smallest. A row that is free goes to a centre that has fewer than
    :math:`\lfloor n / K \rfloor` rows. The rows that are left are visited in the same order, and
    each centre takes at most one of them. Where pairs are level, the first centre and row come
    first. For a whole clustering alternate with new centres, the means of the clusters. The number
    of operations is of order :math:`K n \log K n`, in NumPy on the CPU.

    References
    ----------
    C. Hou, J. Zhang, H. Wang, T. Zhou, "Subclass-balancing Contrastive Learning for Long-tailed
    Recognition", ICCV 2023, arXiv 2306.15925.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> z = np.asarray([[1.0, 0.0], [1.0, 0.1], [1.0, 0.2], [0.2, 1.0]])
    >>> pc.balanced_assign(z, np.eye(2)).tolist()
    [0, 0, 1, 1]
    """
    name = "balanced_assign"
    check_floating(name, z=z, centers=centers)
    rows, means = (to_numpy(t).astype(np.float64) for t in (z, centers))
    if rows.ndim != 2 or means.ndim != 2 or rows.shape[1] != means.shape[1]:
        got = f"z {rows.shape} and centers {means.shape}"
        raise ValueError(f"{name}: z and centers must have shapes (n, D) and (K, D), got {got}")
    for what, t in (("z", rows), ("centers", means)):
        if not t.size:
            raise ValueError(f"{name}: {what} must not be empty, got shape {t.shape}")
        if not np.isfinite(t).all():
            raise ValueError(f"{name}: {what} must be finite, got nan or infinite entries")
    cosines = unit_rows(means)[0] @ unit_rows(rows)[0].T
    totals = cosines.sum(axis=1, keepdims=True)
    if totals.min() <= 0:
        worst = int(totals.argmin())
        raise ValueError(
            f"{name}: centers must have a sum of cosines with z above 0, got {totals.min():.3g} "
            f"for centre {worst}"
        )
    count, size = len(means), len(rows) // len(means)
    order = np.argsort(-(cosines / totals), axis=None, kind="stable")
    clusters = np.full(len(rows), -1)
    held = np.zeros(count, dtype=int)
    for most in (size, size + 1):
        for k, i in zip(*np.unravel_index(order, cosines.shape), strict=True):
            if clusters[i] < 0 and held[k] < most:
                clusters[i] = k
                held[k] += 1
    return clusters

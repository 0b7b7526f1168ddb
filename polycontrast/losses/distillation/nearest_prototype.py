"""The prototype of a class that is nearest to each row."""

from polycontrast.arrays import Array, check_finite, check_matrices, namespace, quiet
from polycontrast.contrast.queues.neighbours import nearest_index


@quiet
def nearest_prototype(features: Array, prototypes: Array) -> Array:
    """Class of each row: the prototype with the largest cosine.

    Parameters
    ----------
    features : array (B, D)
        Rows of any length above 0.
    prototypes : array (C, D)
        One row per class, such as the mean of its features on the source data.

    Returns
    -------
    classes : integer array (B,)
        Of equal cosines the lowest index. Where JAX traces the arrays, C, which is no class, stands
        for what a nan hides.

    Raises
    ------
    TypeError
        When the arrays are not real floating arrays of one library.
    ValueError
        When they are no matrices of equal dimension with at least one row, or an entry is not
        finite.

    Notes
    -----
    There is no gradient. `assign_clusters` takes the largest product in place of the cosine.

    References
    ----------
    M. Döbler, R. A. Marsden, B. Yang, "Robust Mean Teacher for Continual and Gradual Test-Time
    Adaptation", CVPR 2023, arXiv 2211.13081.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> pc.nearest_prototype(np.asarray([[1.0, 5.0], [3.0, 1.0]]), np.eye(2)).tolist()
    [1, 0]
    """
    name = "nearest_prototype"
    check_matrices(name, features=features, prototypes=prototypes)
    check_finite(name, features=features, prototypes=prototypes)
    classes, cosines = nearest_index(features, prototypes)
    xp = namespace(features)
    return xp.where(xp.isnan(cosines), prototypes.shape[0], classes)

"""Multi-set canonical correlation analysis, in closed form."""

import numpy as np
from scipy.linalg import block_diag

from polycontrast.align.eigen import leading_eigenvectors
from polycontrast.arrays import Array, to_float64, transpose

LEAST_WEIGHT = 0.05  # of a direction of the start, relative to the first


def mcca(
    views: list[Array], components: int, *, ridge: float = 1e-2
) -> tuple[list[np.ndarray], np.ndarray]:
    """Directions of each view whose scores agree best over all views.

    The leading solutions of ``C w = gain (D + ridge I) w`` with `C` the covariance of all columns
    side by side and `D` its diagonal blocks, one per view. A gain is 1 where views are unrelated
    and M where all M agree.

    Parameters
    ----------
    views : list of array (rows, columns)
        Centred; best whitened.
    components : int
        At most the number of columns of all views together.
    ridge : float

    Returns
    -------
    weights : list of ndarray (columns, components)
        One per view.
    gains : ndarray (components,)
        In falling order.
    """
    rows, sizes = views[0].shape[0], [view.shape[1] for view in views]
    blocks = [[to_float64(transpose(a) @ b) / rows for b in views] for a in views]
    joint = np.block(blocks)
    own = block_diag(*(blocks[m][m] for m in range(len(views)))) + ridge * np.eye(len(joint))
    gains, weights = leading_eigenvectors(joint, own, components)
    return np.split(weights, np.cumsum(sizes)[:-1]), gains


def mcca_start(views: list[Array], components: int) -> list[np.ndarray]:
    """Head matrices (columns + 1, components) to start training from.

    Directions are weighted by their gain above 1, with a floor because a column of zeros in all
    heads would have gradient zero. Rows have mean square length 1; the last row, the bias, is 0.
    """
    weights, gains = mcca(views, components)
    share = np.maximum((gains - 1) / max(gains[0] - 1, 1e-12), LEAST_WEIGHT)
    heads = []
    for view, matrix in zip(views, weights, strict=True):
        matrix = matrix * share
        scores = to_float64(view) @ matrix
        length = np.sqrt(np.mean(np.sum(scores**2, axis=1)))
        matrix = matrix / max(length, 1e-12)
        heads.append(np.concatenate([matrix, np.zeros((1, components))]))
    return heads

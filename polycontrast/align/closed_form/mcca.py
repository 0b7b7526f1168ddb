"""Multi-set canonical correlation analysis, in closed form."""

import math
from collections.abc import Sequence

import numpy as np
from scipy.linalg import block_diag

from polycontrast.align.closed_form.eigen import leading_eigenvectors
from polycontrast.align.errors import BadInput
from polycontrast.align.inputs import check_views, listed_views
from polycontrast.arrays import Array, as_floats, describe, plain, to_float64, transpose

RIDGE = 1e-2  # in units of the variance of the columns


def mcca(
    views: Sequence[Array], components: int, *, ridge: float = RIDGE
) -> tuple[list[np.ndarray], np.ndarray]:
    r"""Directions of each view whose scores agree best over all views.

    .. math:: C w = g \, (D + \rho I) \, w

    The directions are the leading solutions w of this equation. C is the covariance of all columns
    side by side. D is C without its blocks between different views. The gain g is 1 where views are
    unrelated, and M where all M views agree.

    Parameters
    ----------
    views : sequence of array (rows, columns)
        Two or more, centred. Row i of each is the same thing. Equal scales of the columns, as
        whitening gives, make the ridge act alike on all of them.
    components : int
        Number of directions, at most the number of columns of all views together.
    ridge : float, >= 0, default 1e-2
        The number :math:`\rho`, in units of the variance of the columns.

    Returns
    -------
    weights : list of ndarray (columns, components)
        One per view, float64. The scores of a view are ``view @ weights``.
    gains : ndarray (components,)
        In falling order.

    Raises
    ------
    BadInput
        When views are no arrays of finite numbers with equal numbers of rows, `components` or
        `ridge` is out of range, or columns depend on one another and `ridge` is 0.
    TypeError
        When `ridge` is no number.

    References
    ----------
    J. R. Kettenring, "Canonical Analysis of Several Sets of Variables", Biometrika 58, 1971.

    Examples
    --------
    >>> import numpy as np
    >>> from polycontrast.align import mcca
    >>> x = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    >>> weights, gains = mcca([x, x[:, :1], x[:, :1]], 1, ridge=0.0)
    >>> float(gains[0].round(6)), [w.shape for w in weights]
    (3.0, [(2, 1), (1, 1), (1, 1)])
    """
    views = listed_views(views, "mcca")
    views = check_views(views, [f"mcca: views[{m}]" for m in range(len(views))])
    most, components = sum(view.shape[1] for view in views), plain(components)
    if type(components) is not int or not 1 <= components <= most:
        got = describe(components)
        raise BadInput(f"mcca: components must be an integer in [1, {most}], got {got}")
    (ridge,) = as_floats("mcca", ridge=ridge)
    if not 0 <= ridge < math.inf:
        raise BadInput(f"mcca: ridge must be >= 0 and finite, got {ridge}")
    try:
        return _solve(views, components, ridge)
    except np.linalg.LinAlgError:
        hint = "pass a larger ridge"
        raise BadInput(f"mcca: columns of a view depend on one another; {hint}") from None


def _solve(
    views: list[Array], components: int, ridge: float
) -> tuple[list[np.ndarray], np.ndarray]:
    rows, sizes = views[0].shape[0], [view.shape[1] for view in views]
    blocks = [[to_float64(transpose(a) @ b) / rows for b in views] for a in views]
    joint = np.block(blocks)
    own = block_diag(*(blocks[m][m] for m in range(len(views)))) + ridge * np.eye(len(joint))
    gains, weights = leading_eigenvectors(joint, own, components)
    return np.split(weights, np.cumsum(sizes)[:-1]), gains

"""Codes by the Sinkhorn-Knopp algorithm, as a function."""

from typing import Annotated, Any

from polycontrast.arrays import Array, infinite_to_nan
from polycontrast.calculus import sinkhorn_codes
from polycontrast.objective import Constant, Count, Positive, measured, whole_batch

Scores = Annotated[Any, Constant("B K")]


@measured
def sinkhorn(scores: Scores, *, epsilon: Positive = 0.05, iterations: Count = 3) -> Array:
    r"""Soft assignments of rows to columns, with nearly equal shares of the columns.

    Parameters
    ----------
    scores : array (B, K)
        Similarity of each row and each column, such as a prototype.
    epsilon : float, > 0, default 0.05
        Smoothness of the assignments, the value of SwAV.
    iterations : int, >= 1, default 3
        Number of steps, as in SwAV. Execution options such as ``comm=`` are also accepted: the
        columns then have equal shares of the rows of all ranks.

    Returns
    -------
    codes : array (B, K)
        Rows sum to 1, and columns to nearly B/K. They have no gradient.

    Raises
    ------
    ValueError, TypeError
        When `scores` is not a real floating array (B, K), `epsilon` is not above 0 or `iterations`
        is not an integer of at least 1.

    Notes
    -----
    :math:`q = e^{s / \epsilon}`; each step divides the columns by their sums, then the rows by
    theirs. It is computed in logarithms, so a small epsilon is safe. A constant added to all scores
    changes nothing.

    References
    ----------
    M. Cuturi, "Sinkhorn Distances", NeurIPS 2013, arXiv 1306.0895. M. Caron et al., "Unsupervised
    Learning of Visual Features by Contrasting Cluster Assignments", NeurIPS 2020, arXiv 2006.09882.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> scores = np.array([[0.1, 0.0], [0.1, 0.0], [0.1, 0.05]])
    >>> pc.sinkhorn(scores, iterations=10).round(4).tolist()
    [[0.5811, 0.4189], [0.5811, 0.4189], [0.3379, 0.6621]]
    """
    return sinkhorn_codes(
        infinite_to_nan(scores) / epsilon, iterations, over_samples=whole_batch().logsumexp
    )

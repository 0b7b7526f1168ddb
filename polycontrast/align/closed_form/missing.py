"""Covariances between views of which rows are missing."""

from collections.abc import Sequence

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from polycontrast.arrays import one_blas_thread

ROUNDS = 5  # of expectation and maximisation: more change little
RIDGE = 0.5  # of the columns that predict missing ones, whose variances are below 1
MOST_WORK = 1e11  # floating-point operations, some seconds: with more there is no completion


def completed_covariance(
    rows: Sequence[np.ndarray], mask: np.ndarray, own: Sequence[np.ndarray]
) -> np.ndarray | None:
    r"""Covariance of the columns of all views side by side, as if no row were missing.

    It is the one of a normal distribution, fitted by expectation and maximisation with a ridge.
    With o the columns that a row has, and m those that it lacks, a round replaces

    .. math:: x_m \to S_{mo} (S_{oo} + \rho I)^{-1} x_o

    and adds the part of :math:`S_{mm}` that these do not explain. The mean products of all rows are
    the next :math:`S`. A row thus says something about two views even where it lacks one of them.

    Parameters
    ----------
    rows : sequence of ndarray (n, columns)
        Whitened rows of each view, with mean 0; 0 where one is missing.
    mask : bool array (M, n)
        True where a view of a row exists.
    own : sequence of ndarray (columns,)
        Variances of the columns of each view, which are uncorrelated.

    Returns
    -------
    ndarray (D, D) or None
        None where the fit would take too long: for wide views with many ways to be missing.

    References
    ----------
    A. P. Dempster, N. M. Laird, D. B. Rubin, "Maximum Likelihood from Incomplete Data via the EM
    Algorithm", JRSS B 39, 1977.
    """
    view_of = np.repeat(np.arange(len(rows)), [x.shape[1] for x in rows])
    ways, way_of = np.unique(mask.T, axis=0, return_inverse=True)
    there = ways[:, view_of]
    known = there.sum(axis=1).astype(np.float64)
    lacking = len(view_of) - known
    work = known**3 / 3 + 2 * known**2 * lacking + 2 * known * lacking**2
    if ROUNDS * work[lacking > 0].sum() > MOST_WORK:
        return None
    joint = np.concatenate(rows, axis=1)
    groups = [joint[way_of.reshape(-1) == n] for n in range(len(ways))]
    covariance = np.diag(np.concatenate(own))
    for _ in range(ROUNDS):
        covariance = _round(covariance, groups, there)
    return covariance


@one_blas_thread
def _round(covariance: np.ndarray, groups: Sequence[np.ndarray], there: np.ndarray) -> np.ndarray:
    """The next covariance; each group has the rows that lack the same columns."""
    total, count = np.zeros_like(covariance), 0
    for group, known in zip(groups, there, strict=True):
        count += len(group)
        o, m = np.flatnonzero(known), np.flatnonzero(~known)
        filled = group
        if len(m):
            between = covariance[np.ix_(o, m)]
            factor = cho_factor(covariance[np.ix_(o, o)] + RIDGE * np.eye(len(o)))
            slopes = cho_solve(factor, between)
            filled = group.copy()
            filled[:, m] = group[:, o] @ slopes
            unexplained = covariance[np.ix_(m, m)] - between.T @ slopes
            total[np.ix_(m, m)] += len(group) * unexplained
        total += filled.T @ filled
    return (total + total.T) / (2 * count)

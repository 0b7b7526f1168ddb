"""A linear classifier on aligned rows: how much of the labels the shared space holds."""

from collections.abc import Callable

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp


def fit_probe(
    rows: np.ndarray, labels: np.ndarray, *, penalty: float = 1e-4
) -> Callable[[np.ndarray], np.ndarray]:
    """Fit a multinomial logistic regression; return the function from rows to labels.

    Parameters
    ----------
    rows : array (rows, dim)
    labels : array (rows,)
        Of any type that sorts.
    penalty : float
        Weight of half the squared norm of the coefficients, beside the mean log-loss.
    """
    classes, targets = np.unique(labels, return_inverse=True)
    x = _with_ones(rows)
    shape = (x.shape[1], len(classes))

    def function(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(shape)
        scores = x @ weights
        log_total = logsumexp(scores, axis=1, keepdims=True)
        loss = float(np.mean(log_total[:, 0] - scores[np.arange(len(x)), targets]))
        residual = np.exp(scores - log_total)
        residual[np.arange(len(x)), targets] -= 1
        gradient = x.T @ residual / len(x) + penalty * weights
        return loss + penalty * float(np.sum(weights**2)) / 2, gradient.ravel()

    start = np.zeros(shape[0] * shape[1])
    found = minimize(function, start, jac=True, method="L-BFGS-B", options=dict(maxiter=200))
    weights = found.x.reshape(shape)
    return lambda new: classes[np.argmax(_with_ones(new) @ weights, axis=1)]


def _with_ones(x: np.ndarray) -> np.ndarray:
    x = np.asarray(x, dtype=np.float64)
    return np.concatenate([x, np.ones((len(x), 1))], axis=1)

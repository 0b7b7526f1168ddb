"""A linear classifier on aligned rows: how much of the labels the shared space holds."""

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp


def probe_accuracy(
    train: np.ndarray,
    train_labels: np.ndarray,
    test: np.ndarray,
    test_labels: np.ndarray,
    *,
    penalty: float = 1e-3,
) -> float:
    """Accuracy on test rows of a multinomial logistic regression fitted to training rows.

    Parameters
    ----------
    train, test : array (rows, dim)
    train_labels, test_labels : array (rows,)
        Of any type that sorts.
    penalty : float
        Weight of half the squared norm of the coefficients, beside the mean log-loss.
    """
    classes, targets = np.unique(train_labels, return_inverse=True)
    x, y = _with_ones(train), _with_ones(test)
    shape = (x.shape[1], len(classes))
    hot = np.eye(len(classes))[targets]

    def function(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(shape)
        scores = x @ weights
        log_total = logsumexp(scores, axis=1, keepdims=True)
        loss = float(np.mean(log_total[:, 0] - scores[np.arange(len(x)), targets]))
        gradient = x.T @ (np.exp(scores - log_total) - hot) / len(x) + penalty * weights
        return loss + penalty * float(np.sum(weights**2)) / 2, gradient.ravel()

    start = np.zeros(shape[0] * shape[1])
    found = minimize(function, start, jac=True, method="L-BFGS-B", options=dict(maxiter=200))
    guesses = classes[np.argmax(y @ found.x.reshape(shape), axis=1)]
    return float(np.mean(guesses == test_labels))


def _with_ones(x: np.ndarray) -> np.ndarray:
    x = np.asarray(x, dtype=np.float64)
    return np.concatenate([x, np.ones((len(x), 1))], axis=1)

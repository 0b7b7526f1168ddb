"""The accuracy of a linear classifier between two modalities."""

from typing import Any

import numpy as np

from polycontrast.arrays import (
    Array,
    as_floats,
    check_floating,
    computing_dtype,
    describe,
    device,
    is_array,
    namespace,
    to_float64,
    to_numpy,
)
from polycontrast.calculus import unit_rows


def linear_separability(
    x: Array, y: Array, permutation: Any, *, train_fraction: float = 0.8, l2: float = 1.0
) -> Array:
    r"""Held-out accuracy of a logistic regression between the rows of two modalities.

    Parameters
    ----------
    x, y : array (B, D)
        Two modalities; row i of both belongs together. Rows are scaled to unit length.
    permutation : integer array or sequence (B,)
        Order of the pairs: the first ``int(train_fraction * B)`` train, the others test. Both
        members of a pair are on the same side.
    train_fraction : float, default 0.8
        In (0, 1); the value of Fahim et al.
    l2 : float, default 1.0
        Inverse strength of the penalty, > 0: ``C`` of scikit-learn, with its default.

    Returns
    -------
    accuracy : 0-d array
        In the namespace and on the device of `x`. 1 when the modalities are linearly separable,
        about 0.5 when they are indistinguishable. A nan or an infinity anywhere makes it nan.

    Raises
    ------
    ValueError
        When `x` and `y` do not have the same shape (B, D), `permutation` is no permutation of B
        pairs, a number is outside its interval, or no pair is left for training or for testing.

    Notes
    -----
    The classifier minimises, over weights w and an intercept b that is not penalised,

    .. math:: \sum_i \log(1 + e^{-s_i (\langle w, z_i \rangle + b)}) + \tfrac{1}{2 l_2} |w|^2

    by L-BFGS, in float64 on the CPU. No gradient with respect to the rows is defined.

    References
    ----------
    W. Liang et al., "Mind the Gap", NeurIPS 2022, arXiv 2203.02053. A. Fahim, A. Murphy,
    A. Fyshe, "It's Not a Modality Gap", 2024, arXiv 2405.18570.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> rng = np.random.default_rng(0)
    >>> x, order = abs(rng.standard_normal((40, 3))), rng.permutation(40)
    >>> float(pc.linear_separability(x, x, order)), float(pc.linear_separability(x, -x, order))
    (0.5, 1.0)
    """
    check_floating("linear_separability", x=x, y=y)
    xp = namespace(x)
    numbers = as_floats("linear_separability", train_fraction=train_fraction, l2=l2)
    train_fraction, l2 = numbers
    if x.ndim != 2 or tuple(x.shape) != tuple(y.shape) or 0 in x.shape:
        got = f"x {tuple(x.shape)} and y {tuple(y.shape)}"
        raise _fail(f"x and y must have equal shapes (B, D), got {got}")
    if not 0 < train_fraction < 1:
        raise _fail(f"train_fraction must be in (0, 1), got {train_fraction!r}")
    if not 0 < l2 < np.inf:
        raise _fail(f"l2 must be finite and > 0, got {l2!r}")
    pairs = x.shape[0]
    is_sequence = is_array(permutation) or isinstance(permutation, (list, tuple, range))
    if not is_sequence:
        raise _fail(f"permutation must be an array or a sequence, got {describe(permutation)}")
    order = to_numpy(permutation) if is_array(permutation) else np.asarray(permutation)
    if order.dtype.kind not in "iu":
        raise _fail(f"permutation must hold integers, got {order.dtype}")
    if order.shape != (pairs,) or not np.array_equal(np.sort(order), np.arange(pairs)):
        raise _fail(f"permutation must hold each of 0, ..., {pairs - 1} once")
    train = int(train_fraction * pairs)
    if not 0 < train < pairs:
        raise _fail(f"{train} of {pairs} pairs would train: some must train and some must test")
    dtype, where = computing_dtype(x), device(x)
    a, b = (unit_rows(to_float64(z))[0][order] for z in (x, y))
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        return xp.asarray(np.nan, dtype=dtype, device=where)
    weights, intercept = fit_logistic(a[:train], b[:train], l2)
    on_y = [z[train:] @ weights + intercept > 0 for z in (a, b)]
    accuracy = np.mean([~on_y[0], on_y[1]])
    return xp.asarray(float(accuracy), dtype=dtype, device=where)


def fit_logistic(a: np.ndarray, b: np.ndarray, l2: float) -> tuple[np.ndarray, float]:
    """Weights and intercept of the regression that is positive on `b` and negative on `a`."""
    from scipy.optimize import minimize  # takes longer to import than all of this package
    from scipy.special import expit

    rows = np.concatenate([a, b])
    sign = np.repeat([-1.0, 1.0], [len(a), len(b)])

    def objective(p: np.ndarray) -> tuple[float, np.ndarray]:
        w, margin = p[:-1], sign * (rows @ p[:-1] + p[-1])
        residual = -sign * expit(-margin)
        loss = np.sum(np.logaddexp(0.0, -margin)) + w @ w / (2 * l2)
        gradient = np.append(rows.T @ residual + w / l2, np.sum(residual))
        return loss / len(rows), gradient / len(rows)

    options = dict(maxiter=10_000, maxfun=20_000, ftol=1e-15, gtol=1e-9)
    start = np.zeros(rows.shape[1] + 1)
    p = minimize(objective, start, jac=True, method="L-BFGS-B", options=options).x
    return p[:-1], float(p[-1])


def _fail(text: str) -> ValueError:
    return ValueError(f"linear_separability: {text}")

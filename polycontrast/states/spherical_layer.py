"""A linear classifier of many classes, trained by the Z-loss without reading all of them."""

import math
from typing import Any

import numpy as np

from polycontrast.arrays import (
    Array,
    add_to_rows_,
    as_floats,
    as_index,
    check_floating,
    check_integers,
    computing_dtype,
    device,
    like,
    matmul,
    namespace,
    quiet,
    row_dot,
    same_library,
    sigmoid,
    softplus,
    to_float64,
    transpose,
    type_name,
)
from polycontrast.objective import BadArgument, check_labels


class SphericalLayer:
    r"""Rows w of C classes with gradient steps of `z_loss` whose cost does not depend on C.

    Parameters
    ----------
    w : array (C, D)
        Rows to start from, which are copied.

    Raises
    ------
    ValueError, TypeError
        When `w` is no real floating array (C, D), or is empty.

    Notes
    -----
    The Z-loss does not change with the mean row, and its gradients leave it as it is. The rows less
    their mean are kept as :math:`V U + 1 \omega^\top`, with U of shape (D, D) and one vector
    :math:`\omega`, beside their Gram matrix. The gradient of a loss that depends on the score of
    the true class, on the sum and on the squares of all scores is a multiple of the rows, plus one
    vector for all, plus rows for the true classes. So a step changes U, :math:`\omega` and those
    rows of V that belong to classes of the batch. It is the step of gradient descent on all rows,
    up to rounding, in O(B D^2 + D^3) operations. Where U becomes ill-conditioned V is multiplied
    out; that step costs O(C D^2).

    The layer is a state that changes: V is written in place where its library can. It cannot be
    traced, and has no momentum or weight decay.

    References
    ----------
    P. Vincent, A. de Brébisson, X. Bouthillier, "Efficient Exact Gradient Update for training Deep
    Networks with Very Large Sparse Targets", NeurIPS 2015, arXiv 1412.7091. A. de Brébisson,
    P. Vincent, "The Z-loss", 2016, arXiv 1604.08859.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> rng = np.random.default_rng(0)
    >>> w, h, labels = rng.normal(size=(9, 3)), rng.normal(size=(4, 3)), np.array([1, 7, 1, 0])
    >>> layer = pc.SphericalLayer(w)
    >>> loss, grad_h = layer.step(h, labels, learning_rate=0.5)
    >>> value, grads = pc.z_loss.value_and_grad(h, w, labels)
    >>> bool(np.allclose(layer.weights(), w - 0.5 * grads.w)), bool(np.isclose(loss, value))
    (True, True)
    """

    def __init__(self, w: Array):
        check_floating("SphericalLayer", w=w)
        if w.ndim != 2 or 0 in w.shape:
            raise ValueError(f"SphericalLayer: w must have shape (C, D), got {tuple(w.shape)}")
        self._xp = namespace(w)
        self._dtype = w.dtype
        self._mean, centred = _mean_and_rest(self._xp.astype(w, computing_dtype(w)))
        self._restart(centred)

    def _restart(self, centred: Array) -> None:
        """Centred rows as they are: U is the unit matrix, and the vector 0."""
        xp, width = self._xp, centred.shape[1]
        self._v = centred
        self._u = xp.eye(width, dtype=centred.dtype, device=device(centred))
        self._shift = xp.zeros_like(centred[:1, :])
        self._gram = matmul(transpose(centred), centred)

    def weights(self) -> Array:
        """Rows of all classes, (C, D), in the dtype that was given: O(C D^2) operations."""
        return self._xp.astype(self._centred() + self._mean, self._dtype)

    def _centred(self) -> Array:
        return matmul(self._v, self._u) + self._shift

    @quiet
    def step(
        self, h: Array, labels: Array, *, learning_rate: Any, a: Any = 1.0, b: Any = 0.0
    ) -> tuple[Array, Array]:
        """One step of gradient descent on the rows, by the mean Z-loss of a batch.

        Parameters
        ----------
        h : array (B, D)
            Features.
        labels : integer array (B,)
            Class of each, from 0 to C - 1.
        learning_rate : float, >= 0
            Factor of the gradient.
        a, b : float
            Those of `z_loss`, a > 0.

        Returns
        -------
        loss : 0-d array
            Before the step.
        grad_h : array (B, D)
            Its gradient by `h`.

        Raises
        ------
        ValueError, TypeError
            When arrays do not fit, a label is out of range, or a number is.
        """
        h, index, rate, a, b = self._checked(h, labels, learning_rate, a, b)
        xp, count, dtype = self._xp, self._v.shape[0], h.dtype
        h = xp.astype(h, self._v.dtype, copy=False)
        rows = matmul(xp.take(self._v, index, axis=0), self._u) + self._shift
        hq = matmul(h, self._gram)
        variance = row_dot(hq, h) / count
        # What rounding makes of equal scores.
        least = xp.finfo(h.dtype).eps * float(xp.max(self._gram)) * row_dot(h, h) / count
        flat = variance <= least
        safe = xp.where(flat, 1.0, variance)
        sigma = xp.where(flat, math.inf, xp.sqrt(safe))
        z = row_dot(rows, h) / sigma
        p = sigmoid(a * (b - z)) / h.shape[0]
        # dL/do = of_class e_c - of_class / C + squares o
        of_class, squares = -p / sigma, p * z / (count * safe)
        towards = of_class[:, None] * rows
        grad = squares[:, None] * hq + towards
        self._update(h, index, rate, of_class, squares, hq, towards, grad)
        loss = xp.mean(softplus(a * (b - z))) / a
        return loss, xp.astype(grad, dtype)

    def _update(
        self,
        h: Array,
        index: Array,
        rate: float,
        of_class: Array,
        squares: Array,
        hq: Array,
        towards: Array,
        grad: Array,
    ) -> None:
        """Step of all parts, from their old values."""
        xp, count = self._xp, self._v.shape[0]
        weighted = squares[:, None] * h
        turn = matmul(transpose(weighted), h)
        of_all = -matmul(of_class[None, :], h) / count
        u = self._u - rate * matmul(self._u, turn)
        inverse = _inverse(u)
        if inverse is None:
            rows = self._centred()
            rows = rows - rate * (matmul(rows, turn) + of_all)
            rows = add_to_rows_(rows, index, (-rate * of_class)[:, None] * h)
            self._restart(_mean_and_rest(rows)[1])
            return
        same = xp.astype(index[:, None] == index[None, :], h.dtype)
        crossed = matmul(weighted, transpose(towards))
        pairs = squares[:, None] * matmul(hq, transpose(weighted)) + crossed + transpose(crossed)
        pairs = pairs + of_class[:, None] * (same - 1 / count) * of_class[None, :]
        of_grad = matmul(transpose(grad), h)
        squared = matmul(transpose(h), matmul(pairs, h))
        self._gram = self._gram - rate * (of_grad + transpose(of_grad)) + rate**2 * squared
        self._shift = self._shift - rate * (matmul(self._shift, turn) + of_all)
        # Rows of V, which are multiplied by the new U.
        change = (-rate * of_class)[:, None] * matmul(h, inverse)
        self._v, self._u = add_to_rows_(self._v, index, change), u

    def _checked(
        self, h: Array, labels: Array, learning_rate: Any, a: Any, b: Any
    ) -> tuple[Array, Array, float, float, float]:
        name = "SphericalLayer.step"
        check_floating(name, h=h)
        check_integers(name, labels=labels)
        numbers = as_floats(name, learning_rate=learning_rate, a=a, b=b)
        for t, what in ((h, "h"), (labels, "labels")):
            if not same_library(t, self._v):
                got = f"{type_name(t)} and {type_name(self._v)}"
                raise TypeError(f"{name}: {what} and w must come from one array library, got {got}")
        if h.ndim != 2 or h.shape[1] != self._v.shape[1] or tuple(labels.shape) != h.shape[:1]:
            text = f"h and labels must have shapes (B, {self._v.shape[1]}) and (B,)"
            got = f"{tuple(h.shape)} and {tuple(labels.shape)}"
            raise ValueError(f"{name}: {text}, got {got}")
        if not h.shape[0]:
            raise ValueError(f"{name}: h must have at least one row, got {tuple(h.shape)}")
        rate, a, b = numbers
        if not 0 <= rate < math.inf:
            raise ValueError(f"{name}: learning_rate must be finite and >= 0, got {rate:g}")
        if not (0 < a < math.inf and math.isfinite(b)):
            raise ValueError(f"{name}: a must be finite and > 0, and b finite, got {a:g} and {b:g}")
        try:
            check_labels("labels", labels, self._v.shape[0])
        except BadArgument as error:
            raise ValueError(f"{name}: {error}") from None
        return h, as_index(labels), rate, a, b


def _mean_and_rest(w: Array) -> tuple[Array, Array]:
    """The mean row (1, D), and rows less it; rows that are equal up to rounding become 0."""
    xp = namespace(w)
    mean = xp.mean(w, axis=0, keepdims=True)
    mean = mean + xp.mean(w - mean, axis=0, keepdims=True)
    rest = w - mean
    equal = xp.max(xp.abs(rest)) <= 4 * xp.finfo(w.dtype).eps * xp.max(xp.abs(w))
    return mean, xp.where(equal, 0.0, rest)


def _inverse(u: Array) -> Array | None:
    """Inverse of a small matrix, in float64; None where its condition is that of rounding."""
    left, values, right = np.linalg.svd(to_float64(u))
    if not values[-1] > float(namespace(u).finfo(u.dtype).eps) ** 0.5 * values[0]:
        return None
    return like((right.T / values) @ left.T, u)

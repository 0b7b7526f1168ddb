"""Plain formulas with their gradients on dense B x B matrices, in NumPy or CuPy.

Each takes two arrays (B, D) and the namespace `xp`. It returns the value and both gradients.
"""

from typing import Any


def unit(t: Any, xp: Any) -> tuple[Any, Any]:
    """Rows of unit length, and their lengths."""
    length = xp.sqrt((t * t).sum(axis=1, keepdims=True))
    return t / length, length


def pulled(grad: Any, rows: Any, length: Any) -> Any:
    """Gradient before the rows were scaled to unit length."""
    return (grad - (grad * rows).sum(axis=1, keepdims=True) * rows) / length


def softmax(logits: Any, axis: int, xp: Any) -> tuple[Any, Any]:
    """Softmax along an axis, and the log-sum-exp."""
    peak = logits.max(axis=axis, keepdims=True)
    e = xp.exp(logits - peak)
    total = e.sum(axis=axis, keepdims=True)
    return e / total, (peak + xp.log(total)).mean()


def info_nce(x: Any, y: Any, xp: Any, temperature: float) -> tuple[Any, Any, Any]:
    """Both directions of InfoNCE."""
    (a, x_length), (b, y_length) = unit(x, xp), unit(y, xp)
    logits, rows = a @ b.T / temperature, xp.arange(len(x))
    (p, of_rows), (q, of_columns) = softmax(logits, 1, xp), softmax(logits, 0, xp)
    value = (of_rows + of_columns) / 2 - logits[rows, rows].mean()
    g = p + q
    g[rows, rows] -= 2
    g /= 2 * len(x) * temperature
    return value, pulled(g @ b, a, x_length), pulled(g.T @ a, b, y_length)


def nt_xent(x: Any, y: Any, xp: Any, temperature: float) -> tuple[Any, Any, Any]:
    """NT-Xent over the 2B rows of both views."""
    n = len(x)
    z, length = unit(xp.concatenate([x, y]), xp)
    logits, rows = z @ z.T / temperature, xp.arange(2 * n)
    partner = (rows + n) % (2 * n)
    logits[rows, rows] = -xp.inf
    g, lse = softmax(logits, 1, xp)
    value = lse - logits[rows, partner].mean()
    g[rows, partner] -= 1
    g /= 2 * n * temperature
    grad = pulled((g + g.T) @ z, z, length)
    return value, grad[:n], grad[n:]


def sigmoid_contrastive(
    x: Any, y: Any, xp: Any, temperature: float, bias: float
) -> tuple[Any, Any, Any]:
    """SigLIP: a sum over single pairs, matching or not."""
    (a, x_length), (b, y_length) = unit(x, xp), unit(y, xp)
    rows = xp.arange(len(x))
    scores = a @ b.T / temperature + bias
    scores[rows, rows] *= -1
    value = xp.logaddexp(0, scores).sum() / len(x)
    g = 1 / (1 + xp.exp(-scores))
    g[rows, rows] *= -1
    g /= len(x) * temperature
    return value, pulled(g @ b, a, x_length), pulled(g.T @ a, b, y_length)

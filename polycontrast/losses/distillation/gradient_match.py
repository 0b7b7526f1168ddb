"""Distance between two lists of gradients of parameters."""

import math
from collections.abc import Callable
from typing import Annotated, Any, Literal

from polycontrast.arrays import Array, infinite_to_nan, namespace, row_dot
from polycontrast.calculus import unit_rows
from polycontrast.objective import Arrays, BadArgument, Positive, objective

_SYNTHETIC = "For each parameter, its gradient by the loss of the synthetic samples of each class."
_REAL = "The same of real samples, in the same order."
Synthetic = Annotated[Any, Arrays("C ...", about=_SYNTHETIC)]
Real = Annotated[Any, Arrays("C ...", about=_REAL)]
Back = Callable[[Array], tuple[Array, Array]]


@objective(shards=False)
def gradient_match(
    syn: Synthetic,
    real: Real,
    *,
    contrast: bool = True,
    distance: Literal["layerwise", "mse", "cos"] = "layerwise",
    eps: Positive = 1e-6,
):
    r"""Distance between the gradients of a network by synthetic samples and by real ones (DC, DCC).

    .. math:: \sum_l \sum_o \Big[ 1 - \frac{\langle s_{lo}, r_{lo} \rangle}
              {|s_{lo}| \, |r_{lo}| + \epsilon} \Big]

    Parameters
    ----------
    contrast
        Whether gradients are averaged over the classes first (DCC), which is the gradient of the
        mean loss of all classes. Otherwise each class has a distance, and these are added (DC).
    distance
        ``"layerwise"``: cosine distances of the rows o of each parameter l, which has the shape
        (out, ...); parameters with a single axis, such as biases, do not count. ``"cos"``: one
        cosine distance of all parameters together. ``"mse"``: the sum of all squared differences.
    eps
        Number :math:`\epsilon` that keeps gradients of 0 apart from the rest. The authors' value.

    Raises
    ------
    ValueError
        When both lists do not hold arrays of the same shapes, or none of them counts.

    Notes
    -----
    With unit rows :math:`\hat s, \hat r` and a distance f, the gradient of a row is
    :math:`|r| (\hat s - \hat r - f \hat s) / (|s| |r| + \epsilon)`. A row of zeros has distance 1,
    and the gradient :math:`-r / \epsilon`. Where rows are nearly parallel, distances are made of
    differences of unit rows, and keep their digits. For one class both values of `contrast` give
    the same. DCC has the distances of classes for the first steps, and those of means later.

    References
    ----------
    S. Lee, S. Chun, S. Jung, S. Yun, S. Yoon, "Dataset Condensation with Contrastive Signals"
    (DCC), ICML 2022, arXiv 2202.02916. B. Zhao, K. R. Mopuri, H. Bilen, "Dataset Condensation with
    Gradient Matching" (DC), ICLR 2021, arXiv 2006.05929.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> weights, biases = np.ones((2, 3, 4)), np.ones((2, 3))
    >>> float(pc.gradient_match([weights, biases], [-weights, biases]).round(5))
    6.0
    """
    _check(syn, real, distance)
    xp = namespace(syn[0])
    pieces, joins = zip(*[_rows(given, contrast, distance) for given in (syn, real)], strict=True)
    pairs = zip(*pieces, strict=True)
    compared = [_squared(s, r) if distance == "mse" else _cosine(s, r, eps) for s, r in pairs]

    def back(g):
        on_syn, on_real = zip(*[pull(g) for _, pull in compared], strict=True)
        return {"syn": joins[0](on_syn, g), "real": joins[1](on_real, g)}

    return sum(xp.sum(distances) for distances, _ in compared), back


def _check(syn: tuple[Array, ...], real: tuple[Array, ...], distance: str) -> None:
    shapes = [[tuple(t.shape) for t in given] for given in (syn, real)]
    if shapes[0] != shapes[1]:
        text = "syn and real must hold arrays of the same shapes"
        raise BadArgument(f"{text}, got {_words(shapes[0])} and {_words(shapes[1])}")
    if distance == "layerwise" and all(len(shape) < 3 for shape in shapes[0]):
        text = "syn must hold an array (C, out, ...) for distance='layerwise'"
        raise BadArgument(f"{text}, got {_words(shapes[0])}")


def _words(shapes: list[tuple[int, ...]]) -> str:
    shown = ", ".join(map(str, shapes[:4]))
    return shown if len(shapes) <= 4 else f"{shown} and {len(shapes) - 4} more"


def _rows(
    given: tuple[Array, ...], contrast: bool, distance: str
) -> tuple[list[Array], Callable[[Any, Array], tuple[Array, ...]]]:
    """Matrices of the rows that are compared, and the pullback to the arrays."""
    xp, classes = namespace(given[0]), given[0].shape[0]
    whole = [infinite_to_nan(t) for t in given]
    if contrast:
        whole = [xp.mean(t, axis=0, keepdims=True) for t in whole]
    counts = [k for k, t in enumerate(whole) if distance != "layerwise" or t.ndim > 2]
    kept = [whole[k] for k in counts]
    outer = [t.shape[0] * (t.shape[1] if distance == "layerwise" else 1) for t in kept]
    sizes = [math.prod(t.shape) // rows for t, rows in zip(kept, outer, strict=True)]
    parts = zip(kept, outer, sizes, strict=True)
    matrices = [xp.reshape(t, (rows, size)) for t, rows, size in parts]
    if distance == "cos":
        matrices = [xp.concat(matrices, axis=1)]

    def join(grads: Any, g: Array) -> tuple[Array, ...]:
        if distance == "cos":
            starts = [sum(sizes[:k]) for k in range(len(sizes))]
            grads = [grads[0][:, a : a + n] for a, n in zip(starts, sizes, strict=True)]
        found = dict(zip(counts, grads, strict=True))
        results = []
        for k, (t, like) in enumerate(zip(given, whole, strict=True)):
            grad = xp.reshape(found[k], like.shape) if k in found else g * xp.zeros_like(like)
            results.append(grad / classes + xp.zeros_like(t) if contrast else grad)
        return tuple(results)

    return matrices, join


def _squared(s: Array, r: Array) -> tuple[Array, Back]:
    """Squared distances of rows."""
    apart = s - r
    return row_dot(apart, apart), lambda g: (2 * g * apart, -2 * g * apart)


def _cosine(s: Array, r: Array, eps: float) -> tuple[Array, Back]:
    """Cosine distances of rows, from the difference of unit rows."""
    u, v = unit_rows(s)[0], unit_rows(r)[0]
    long_s, long_r = row_dot(s, u), row_dot(r, v)
    whole = long_s * long_r + eps
    apart = u - v
    distances = (eps + long_s * long_r * (row_dot(apart, apart) / 2)) / whole

    def back(g: Array) -> tuple[Array, Array]:
        f = distances[:, None]
        on_s = (g * long_r / whole)[:, None] * (apart - f * u)
        return on_s, (g * long_s / whole)[:, None] * (-apart - f * v)

    return distances, back

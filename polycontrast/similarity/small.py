"""Many small matrices of similarities: those of the places of each image, or words of each text."""

from collections.abc import Callable
from typing import Any

from polycontrast.arrays import Array, device, finite_or_zero, in_chunks, logsumexp, namespace
from polycontrast.context import current_settings
from polycontrast.similarity.tiles.plan import TILE_BYTES, kept_bytes, may_keep

Read = Callable[..., tuple[Array, Callable[[Array], Any]]]
"""From matrices (c, n, m), and parts of further arrays, to an array (c, ...) and its pullback.

The pullback gives the gradient of the matrices, or a tuple: this one, then those of the further
arrays.
"""


def small_matrices(
    x: Array, y: Array, scale: Array, read: Read, *beside: Array
) -> tuple[Array, Callable[[Array], tuple[Array, ...]]]:
    """Read the matrices ``scale x_b y_b^T`` of a batch.

    They are kept for the gradient where they fit the budget. Else they are computed in chunks of
    the batch, and computed again for the gradient.

    Parameters
    ----------
    x : array (B, n, D)
    y : array (B, m, D)
    scale : 0-d array
    read : Read
    *beside : array (B, ...)
        Further arrays for `read`.

    Returns
    -------
    out : array (B, ...)
    back : callable
        From dL/dout to dL/dx, dL/dy and the gradients of the further arrays that `read` gives.
    """
    xp, settings = namespace(x), current_settings()

    def scores(a: Array, b: Array) -> Array:
        return xp.matmul(scale * a, xp.matrix_transpose(b))

    def pulled(a: Array, b: Array, found: Any) -> tuple[Array, ...]:
        weights, *others = found if isinstance(found, tuple) else (found,)
        weights = scale * weights
        return xp.matmul(weights, b), xp.matmul(xp.matrix_transpose(weights), a), *others

    size = x.shape[1] * y.shape[1] * xp.finfo(x.dtype).bits // 8
    if may_keep(settings) and x.shape[0] * size <= kept_bytes(settings):
        out, pull = read(scores(x, y), *beside)
        return out, lambda g: pulled(x, y, pull(g))
    tile = settings.forced_tile
    chunk = tile[0] if tile is not None else max(1, TILE_BYTES // size)

    def value(a: Array, b: Array, *rest: Array) -> Array:
        return read(scores(a, b), *rest)[0]

    def gradients(g: Array, a: Array, b: Array, *rest: Array) -> tuple[Array, ...]:
        return pulled(a, b, read(scores(a, b), *rest)[1](g))

    out = in_chunks(value, (x, y, *beside), chunk)
    return out, lambda g: in_chunks(gradients, (g, x, y, *beside), chunk)


def off_diagonal(scores: Array) -> tuple[Array, Callable[[Array], Any]]:
    """Log-sum-exp of each row of square matrices without the diagonal; -inf where n is 1.

    Parameters
    ----------
    scores : array (c, n, n)

    Returns
    -------
    lse : array (c, n)
    back : callable
        From dL/dlse to dL/dscores.
    """
    xp, where = namespace(scores), device(scores)
    place = xp.arange(scores.shape[-1], dtype=xp.int32, device=where)
    same = place[:, None] == place[None, :]
    scores = xp.where(same[None, :, :], -xp.inf, scores)
    lse = logsumexp(scores)
    return lse, lambda g: g[..., None] * xp.exp(scores - finite_or_zero(lse)[..., None])

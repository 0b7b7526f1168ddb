"""Whole rows of distances, for losses that sort, rank or mine among all pairs of an anchor."""

from collections.abc import Callable, Sequence
from typing import Any

from polycontrast.arrays import Array, device, is_traced, namespace, row_dot, safe_sqrt, wide
from polycontrast.context import whole_batch
from polycontrast.contrast.distances.squared_distances import centred
from polycontrast.similarity import RowsGradients, full_rows
from polycontrast.similarity.full_rows import ReadRows
from polycontrast.similarity.scores import over_length


def full_distances(
    x: Array,
    y: Array | None,
    read: ReadRows,
    beside: Sequence[Array] = (),
    columns: Sequence[Array] = (),
    shared: Sequence[Array] = (),
    *,
    squared: bool = False,
    what: str = "distances",
    everywhere: bool = False,
    ahead: Any = None,
) -> tuple[Any, Callable[[Any], RowsGradients]]:
    """Read the matrix ``d = |x_i - y_j|`` by blocks of whole rows, as `full_rows` does.

    Squares of distances are products of rows less their mean, in float64 where the library has it:
    so distances in float32 keep their digits where they are far smaller than the spread of the
    rows. Where JAX traces a call without float64, they are sums of squares of differences, which
    XLA does not store. A distance within rounding is 0, and its slope is 0.

    Parameters
    ----------
    x : array (B, D)
    y : array (N, D), or None
        None for the distances of the rows among themselves.
    read : ReadRows
        Gets distances in the dtype of `x` in place of scores, and returns dL/dd in place of dL/dS.
    beside, columns, shared, what, everywhere, ahead
        As in `full_rows`.
    squared : bool, default False
        Whether `read` gets squares of distances.

    Returns
    -------
    out : array (B, ...), or tuple of array
    back : callable
        From dL/dout to `RowsGradients`. Where `y` is None, its gradient is within that of x; that
        of the scale is no gradient of anything.
    """
    xp, dtype, depth = namespace(x), x.dtype, x.shape[1]
    a, *others = centred(*(wide(t) for t in (x, y) if t is not None))
    b = others[0] if others else a
    squares = [row_dot(t, t)[:, None] for t in (a, b)]
    ones = [xp.ones_like(t) for t in squares]
    left = xp.concat([-2 * a, squares[0], ones[0]], axis=1)
    right = xp.concat([b, ones[1], squares[1]], axis=1)
    by_differences = is_traced(x) and xp.finfo(a.dtype).bits < 64
    least = _rounding(squares, dtype, 0 if by_differences else depth)

    def differences(rows: Array, others: Array) -> Array:
        apart = -0.5 * rows[:, None, :depth] - others[None, :, :depth]
        return xp.sum(apart * apart, axis=2)

    def read_squares(S: Array, *parts: Array) -> tuple[Any, Callable[[Any], Any]]:
        S = xp.where(least >= S, 0.0, S)
        d = xp.astype(S if squared else safe_sqrt(S), dtype)
        out, pull = read(d, *parts)

        def back(g: Any) -> Any:
            grads = pull(g)
            on_d, *rest = grads if isinstance(grads, tuple) else (grads,)
            return wide(on_d if squared else 0.5 * over_length(on_d, d)), *rest

        return out, back

    one = xp.ones((), dtype=a.dtype, device=device(a))
    out, pull = full_rows(
        left,
        right,
        one,
        read_squares,
        beside,
        columns,
        shared,
        what=what,
        everywhere=everywhere,
        ahead=ahead,
        product=differences if by_differences else None,
    )

    def back(g: Any) -> RowsGradients:
        found = pull(g)
        gx = 2 * (found.x[:, depth : depth + 1] * a - found.x[:, :depth])
        gy = found.y[:, :depth] + 2 * found.y[:, depth + 1 :] * b
        if y is None:
            return found._replace(x=xp.astype(gx + gy, dtype), y=None)
        return found._replace(x=xp.astype(gx, dtype), y=xp.astype(gy, dtype))

    return out, back


def _rounding(squares: Sequence[Array], dtype: Any, depth: int) -> Array:
    """Largest square of a distance that is nothing but rounding of rows and products, 0-d.

    No products are rounded where `depth` is 0.
    """
    xp = namespace(squares[0])
    zero = xp.zeros((1, 1), dtype=squares[0].dtype, device=device(squares[0]))
    longest = whole_batch().max(xp.max(xp.concat([*squares, zero], axis=0)))
    of_rows = 4 * float(xp.finfo(dtype).eps)
    of_products = 2 * (8 + depth**0.5) * float(xp.finfo(zero.dtype).eps) if depth else 0.0
    return max(of_rows**2, of_products) * longest

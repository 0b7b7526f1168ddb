"""Inner products of pairs of rows that are listed one by one."""

from collections.abc import Callable

from polycontrast.arrays import Array, as_index, namespace, row_dot, segment_sum, transpose

ENTRIES = 2**22  # numbers of gathered rows held at once
DENSE = 4
"""All products of the rows are made where they are at most so many times as many as the pairs."""


def listed_products(
    x: Array, first: Array, second: Array
) -> tuple[Array, Callable[[Array], Array]]:
    """Products ``<x_first, x_second>`` of listed pairs of rows of one matrix.

    Many pairs are entries of one product of matrices. Few are computed from their own rows, some
    pairs at a time. So memory is linear in the rows and the pairs.

    Parameters
    ----------
    x : array (B, D)
    first, second : integer array (P,)
        Row indices.

    Returns
    -------
    products : array (P,)
    back : callable
        From dL/dproducts to dL/dx.
    """
    xp, count, pairs = namespace(x), x.shape[0], first.shape[0]
    if count * count <= DENSE * pairs:
        place = as_index(first) * count + as_index(second)

        def back_dense(g: Array) -> Array:
            gs = xp.reshape(segment_sum(g, place, count * count), (count, count))
            return (gs + transpose(gs)) @ x

        table = xp.reshape(x @ transpose(x), (count * count,))
        return xp.take(table, place, axis=0), back_dense
    step = max(1, ENTRIES // x.shape[1])
    blocks = [(first[i : i + step], second[i : i + step]) for i in range(0, max(1, pairs), step)]
    parts = [row_dot(xp.take(x, a, axis=0), xp.take(x, b, axis=0)) for a, b in blocks]

    def back(g: Array) -> Array:
        total, start = xp.zeros_like(x), 0
        for a, b in blocks:
            part = g[start : start + a.shape[0], None]
            start += a.shape[0]
            for to, of in ((a, b), (b, a)):
                total = total + segment_sum(part * xp.take(x, of, axis=0), to, count)
        return total

    return xp.concat(parts, axis=0), back

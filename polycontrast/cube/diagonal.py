"""The diagonal tuples (i, ..., i) of a block with one axis a view."""

import functools
import operator

from polycontrast.arrays import (
    Array,
    device,
    fill_,
    is_abstract,
    is_mapped,
    is_numpy,
    namespace,
)


def along_axis(t: Array, axis: int, count: int) -> Array:
    """Numbers of one view's rows, along their axis out of `count`."""
    return namespace(t).reshape(t, tuple(-1 if b == axis else 1 for b in range(count)))


def is_diagonal(ranges: list[tuple[int, int]], like: Array) -> Array | None:
    """Booleans of a block that spans these rows of each view; None if it has no such tuple."""
    if max(a for a, _ in ranges) >= min(b for _, b in ranges):
        return None
    xp = namespace(like)
    index = [
        along_axis(xp.arange(*r, dtype=xp.int32, device=device(like)), a, len(ranges))
        for a, r in enumerate(ranges)
    ]
    return functools.reduce(operator.and_, (index[0] == i for i in index[1:]))


def is_writable(t: Array) -> bool:
    """Whether entries of a temporary can be set: in arrays of NumPy that hold numbers in memory."""
    return is_numpy(namespace(t)) and not (is_abstract(t) or is_mapped(t))


def fill_diagonal_(block: Array, ranges: list[tuple[int, int]], value: float) -> Array:
    """A temporary block that spans these rows of each view, with `value` for diagonal tuples."""
    if not is_writable(block):
        same = is_diagonal(ranges, block)
        return block if same is None else fill_(block, same, value)
    i = namespace(block).arange(max(a for a, _ in ranges), min(b for _, b in ranges))
    block[tuple(i - a for a, _ in ranges)] = value
    return block


def set_diagonal_(matrix: Array, first: int, rows: range, values: Array) -> Array:
    """A temporary matrix with `values` in the entries (i, i) of some rows.

    Parameters
    ----------
    matrix : array (b, B)
    first : int
        Number of its first row.
    rows : range
        Numbers of the rows. Outside of NumPy these are all rows, or a single one.
    values : array (len(rows),)
    """
    xp = namespace(matrix)
    if is_writable(matrix):
        i = xp.arange(rows.start, rows.stop)
        matrix[i - first, i] = values
        return matrix
    where = {"dtype": xp.int32, "device": device(matrix)}
    i = xp.arange(first, first + matrix.shape[0], **where)[:, None]
    same = (i == xp.arange(matrix.shape[1], **where)[None, :]) & (i >= rows.start) & (i < rows.stop)
    return fill_(matrix, same, values[:, None])


def take_diagonal(whole: Array) -> Array:
    """Entries (B,) of the diagonal tuples of a whole cube."""
    return namespace(whole).stack([whole[(i,) * whole.ndim] for i in range(whole.shape[0])], axis=0)


def on_diagonal_tuples(whole: Array, entries: Array) -> Array:
    """The cube with `entries` (B,) in place of those of the diagonal tuples."""
    same = is_diagonal([(0, n) for n in whole.shape], whole)
    return namespace(whole).where(same, along_axis(entries, 0, whole.ndim), whole)

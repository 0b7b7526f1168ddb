"""Functions of matching rows, computed some rows at a time.

On a GPU this keeps temporaries small. In main memory it keeps them in the inner caches, and workers
share the rows. Each row is computed alone, so the bits do not depend on the workers.
"""

from collections.abc import Callable
from typing import Any

import array_api_compat as compat
import numpy as np

from polycontrast.arrays.cpu.crew import share, sharing
from polycontrast.arrays.cuda.rows import dense, prototype
from polycontrast.arrays.namespaces import Array, namespace

BLOCK_BYTES = 8 * 2**20  # of a matrix on a GPU; larger ones save few launches
STRIP_BYTES = 2**18  # of a matrix in main memory: three of them fit into an inner cache
LEAST_BYTES = 2**20  # below this, threads cost more than they save


def stays_whole(x: Array) -> bool:
    """Whether `x` is an array of NumPy whose rows are not shared by workers."""
    return type(x) is np.ndarray and (x.nbytes < LEAST_BYTES or x.ndim != 2 or not sharing())


def rowwise(function: Callable[..., Any], *given: Array, out: Array | None = None) -> Any:
    """A function of each row of some arrays, as one array or a tuple of arrays.

    Large matrices of CuPy and of NumPy are given to the function in blocks of rows. Other arrays
    are given whole.

    Parameters
    ----------
    function : callable
        From arrays with as many rows to an array, or a tuple of arrays, with as many rows.
    *given : array or UnitRows
        The first has two axes if it is to be cut; all others then have as many rows.
    out : array, optional
        Memory for the result where rows come in blocks; it may be that of a given array, which is
        then overwritten.
    """
    first = given[0]
    if stays_whole(first):
        return function(*given)
    if type(first) is np.ndarray:
        return _in_strips(function, given, out, STRIP_BYTES, sharing())
    like = prototype(first)
    if like.ndim != 2 or not compat.is_cupy_array(like) or like.nbytes <= BLOCK_BYTES:
        return function(*map(dense, given))
    return _in_strips(function, given, out, BLOCK_BYTES, 1)


def _in_strips(
    function: Callable[..., Any],
    given: tuple[Array, ...],
    out: Array | None,
    size: int,
    workers: int,
) -> Any:
    """The same in blocks of about `size` bytes of the first array."""
    first = prototype(given[0])
    rows, xp = first.shape[0], namespace(first)
    step = max(1, size * rows // first.nbytes)

    def parts(start: int) -> tuple[Array, ...]:
        made = function(*(t[start : start + step, ...] for t in given))
        return made if isinstance(made, tuple) else (made,)

    def write(start: int, made: tuple[Array, ...]) -> None:
        for whole, part in zip(wholes, made, strict=True):
            whole[start : start + step, ...] = part

    made = parts(0)
    if out is None:
        wholes = tuple(xp.empty((rows, *t.shape[1:]), dtype=t.dtype) for t in made)
    else:
        wholes = (out,)
    write(0, made)
    starts = range(step, rows, step)
    if workers == 1:
        for start in starts:
            write(start, parts(start))
    else:
        share(lambda start: write(start, parts(start)), starts, workers)
    return wholes[0] if len(wholes) == 1 else wholes

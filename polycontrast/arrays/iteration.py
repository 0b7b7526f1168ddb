"""Loops: until the values of arrays allow the end, over chunks of arrays, and sums of steps."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from polycontrast.arrays.conversion import known
from polycontrast.arrays.namespaces import Array, is_traced, namespace
from polycontrast.arrays.stand_ins.in_files import loaded
from polycontrast.arrays.temporaries import room_for


def iterate(
    step: Callable[[Any], tuple[Any, Array]], state: Any, tolerance: float, most: int
) -> tuple[Any, Array]:
    """Repeat a step until its error is within the tolerance, or nan; at most `most` times.

    When JAX traces the arrays, the loop is a `jax.lax.while_loop`. Reverse-mode differentiation
    through such a loop is not possible.

    Parameters
    ----------
    step : callable
        Takes a state and returns the next one and its error, a 0-d array.
    state : array, or tuple, list or dict of arrays

    Returns
    -------
    state, error
        State and error of the last step.
    """
    state, error = step(state)
    if is_traced(error):
        return _compiled(step, state, error, tolerance, most)
    for _ in range(most - 1):
        number = known(error)
        if number is not None and not number > tolerance:
            break
        state, error = step(state)
    return state, error


def total(term: Callable[[Any], Array], count: int, like: Array) -> Array:
    """Sum of ``term(0), ..., term(count - 1)``, one at a time in memory.

    Parameters
    ----------
    term : callable
        Takes an index, which is an integer, or an array where JAX traces the sum.
    count : int
        At least 1.
    like : array
        Where JAX traces it, the loop is a `jax.lax.scan`.
    """
    first = term(0)
    if not is_traced(like) or count == 1:
        return sum(map(term, range(1, count)), first)
    import jax

    steps = jax.numpy.arange(1, count, dtype=jax.numpy.int32)
    return jax.lax.scan(lambda sum_, k: (sum_ + term(k), None), first, steps)[0]


def _compiled(
    step: Callable[[Any], tuple[Any, Array]], state: Any, error: Array, tolerance: float, most: int
) -> tuple[Any, Array]:
    import jax

    state, error, _ = jax.lax.while_loop(
        lambda at: (at[1] > tolerance) & (at[2] < most),
        lambda at: (*step(at[0]), at[2] + 1),
        (state, error, jax.numpy.int32(1)),
    )
    return state, error


def in_chunks(
    function: Callable[..., Any], given: Sequence[Array], size: int, totals: bool = False
) -> Any:
    """Results of a function of chunks of arrays, joined.

    When JAX traces the arrays, the loop is a `jax.lax.scan`, so that it needs the memory of a
    chunk.

    Parameters
    ----------
    function : callable
        From chunks along the first axes to an array as long as the chunk, or a tuple of such
        arrays; in a tuple, None stays None.
    given : sequence of array
        Arrays with first axes of one length.
    size : int
        Largest length of a chunk.
    totals : bool, default False
        Whether the function returns such a result and, beside it, a tuple of arrays that are added
        up over the chunks.
    """
    if not totals:
        return in_chunks(lambda *chunk: (function(*chunk), ()), given, size, totals=True)[0]
    count = given[0].shape[0]
    if count <= size:
        return function(*given)
    if any(map(is_traced, given)):
        return _scanned(function, given, size)
    parts, sums = [], None
    for i in range(0, count, size):
        part, more = function(*(t[i : min(i + size, count), ...] for t in given))
        parts.append(part)
        sums = more if sums is None else added_up(sums, more)
    return joined(parts), sums


def from_blocks(blocks: Iterable[tuple[slice, Array]], like: Array) -> Array:
    """A matrix in the shape of `like` from blocks of its rows, in order.

    NumPy's are written one by one, so that blocks and matrix are not in memory together.
    """
    if not isinstance(loaded(like), np.ndarray):
        return namespace(like).concat([part for _, part in blocks], axis=0)
    out = room_for(like)
    for rows, part in blocks:
        loaded(out)[rows, :] = loaded(part)
    return out


def joined(parts: Sequence[Any]) -> Any:
    """Arrays one after another; tuples of arrays entry by entry, where None stays None."""
    if parts[0] is None:
        return None
    if isinstance(parts[0], tuple):
        return tuple(joined(column) for column in zip(*parts, strict=True))
    return namespace(parts[0]).concat(parts, axis=0)


def added_up(one: Sequence[Any], other: Sequence[Any]) -> tuple[Any, ...]:
    """Sums of matching arrays; None stays None."""
    return tuple(None if a is None else a + b for a, b in zip(one, other, strict=True))


def _scanned(function: Callable[..., Any], given: Sequence[Array], size: int) -> Any:
    import jax

    # The last chunk may be shorter. Its totals are the first state of the loop, which then has
    # their types.
    count = given[0].shape[0]
    whole = (count - 1) // size * size
    part, sums = function(*(t[whole:, ...] for t in given))
    stacked = tuple(t[:whole, ...].reshape(whole // size, size, *t.shape[1:]) for t in given)

    def step(sums: Any, chunk: Sequence[Array]) -> tuple[Any, Any]:
        part, more = function(*chunk)
        return added_up(sums, more), part

    # A second derivative computes the chunks again; nothing of one is stored.
    step = jax.checkpoint(step, prevent_cse=False)
    sums, done = jax.lax.scan(step, sums, stacked)
    done = jax.tree.map(lambda t: t.reshape(whole, *t.shape[2:]), done)
    return joined([done, part]), sums

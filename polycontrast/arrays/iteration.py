"""Loops over arrays: until an error is small, and sums of many steps."""

from collections.abc import Callable
from typing import Any

from polycontrast.arrays.namespaces import Array, is_traced, known


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

"""Traced indices and numbers that are not what their roles say.

Their values are not known, so they cannot be refused. JAX takes any index, and a formula any
number; so the results of such a call become nan.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from polycontrast import arrays
from polycontrast.arrays import Array
from polycontrast.objective.arguments.roles import Argument


def mistakes(
    arguments: Iterable[Argument],
    values: Mapping[str, Any],
    length: Callable[[str, Mapping[str, Any]], int | None],
) -> Iterator[Array]:
    """For each traced argument, whether it is not what its role says, as a 0-d array.

    Parameters
    ----------
    arguments : iterable of Argument
    values : mapping
        By name.
    length : callable
        Length of a named axis among the values.
    """
    for argument in arguments:
        value, role = values[argument.name], argument.role
        if not arrays.is_traced(value):
            continue
        if role.below:
            yield _no_indices(value, length(role.below, values), role.distinct)
        elif role.is_bounded and argument.is_number(value):
            yield ~role.holds(value)


def _no_indices(t: Array, count: int | None, distinct: bool) -> Array:
    xp = arrays.namespace(t)
    if distinct:
        places = xp.arange(count, dtype=t.dtype, device=arrays.device(t))
        return ~xp.all(xp.sort(t, axis=-1) == xp.broadcast_to(places, t.shape))
    return xp.any((t < 0) | (t >= count))

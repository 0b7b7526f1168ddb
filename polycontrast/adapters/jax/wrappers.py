"""Objects of other libraries that stand for an array of JAX, such as a `Param` of flax.

They name the array by the method ``__jax_array__``, as JAX asks of them.
"""

from typing import Any


def array_of(value: Any) -> Any:
    """The array that an object stands for; any other value as it is."""
    convert = getattr(value, "__jax_array__", None)
    return value if convert is None else convert()


def arrays_of(value: Any) -> Any:
    """The same for an argument, which may be a sequence of arrays."""
    if isinstance(value, (list, tuple)):
        return [array_of(t) for t in value]
    return array_of(value)

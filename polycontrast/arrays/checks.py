"""Checks of arguments, whose error is one sentence that names the function and the argument."""

from typing import Any

from polycontrast.arrays.conversion import is_number, known, plain
from polycontrast.arrays.namespaces import (
    Array,
    describe,
    is_array,
    is_sparse,
    is_wide,
    namespace,
    same_library,
)


def holds_reals(value: Any) -> bool:
    """Whether this is a dense array of real numbers or integers."""
    if not is_array(value) or is_sparse(value) or is_wide(value):
        return False
    return bool(namespace(value).isdtype(value.dtype, ("real floating", "integral")))


def kind_of(value: Any) -> str:
    """Description of a value, for messages about its type."""
    if not is_array(value):
        return describe(value)
    sparse = "a sparse" if is_sparse(value) else "an"
    return f"{sparse} array of shape {tuple(value.shape)} and dtype {value.dtype}"


def check_floating(function: str, **given: Array) -> None:
    """Refuse values that are not dense real floating arrays of one library.

    Raises
    ------
    TypeError
    """
    first_name, first = next(iter(given.items()))
    for name, value in given.items():
        if not holds_reals(value) or not namespace(value).isdtype(value.dtype, "real floating"):
            raise TypeError(
                f"{function}: {name} must be a real floating array, got {kind_of(value)}"
            )
        if not same_library(first, value):
            got = f"{type(first).__module__} and {type(value).__module__}"
            raise TypeError(
                f"{function}: {first_name} and {name} must come from the same array library, "
                f"got {got}"
            )


def check_matrices(function: str, **given: Array) -> None:
    """Refuse values that are not real floating matrices of one library and width, with a row.

    Raises
    ------
    TypeError, ValueError
    """
    check_floating(function, **given)
    shapes = [tuple(x.shape) for x in given.values()]
    if any(len(s) != 2 or 0 in s for s in shapes) or shapes[0][1] != shapes[-1][1]:
        kind = "matrices of equal width" if len(given) > 1 else "a matrix"
        text = f"{' and '.join(given)} must be {kind} with at least one row"
        raise ValueError(f"{function}: {text}, got {' and '.join(map(str, shapes))}")


def check_finite(function: str, **given: Array) -> None:
    """Refuse arrays with entries that are not finite, as far as they are known.

    For results that cannot show a nan, such as indices.

    Raises
    ------
    ValueError
    """
    for name, value in given.items():
        xp = namespace(value)
        if known(xp.all(xp.isfinite(value))) == 0:
            raise ValueError(f"{function}: {name} must be finite, got nan or infinite entries")


def check_integers(function: str, **given: Array) -> None:
    """Refuse values that are not dense integer arrays.

    Raises
    ------
    TypeError
    """
    for name, value in given.items():
        if not holds_reals(value) or not namespace(value).isdtype(value.dtype, "integral"):
            raise TypeError(f"{function}: {name} must be an integer array, got {kind_of(value)}")


def as_floats(function: str, **given: Any) -> list[float]:
    """Python floats of numbers and 0-d arrays, so that they change no dtype.

    Raises
    ------
    TypeError
        When one is not a real number, or its value is not known.
    """
    found = []
    for name, value in given.items():
        real = is_number(value) or (holds_reals(value) and value.ndim == 0)
        number = known(value) if real else None
        if number is None:
            raise TypeError(f"{function}: {name} must be a number, got {kind_of(value)}")
        found.append(number)
    return found


def as_count(function: str, name: str, value: Any, least: int = 1, most: int | None = None) -> int:
    """A Python integer in a range.

    Raises
    ------
    ValueError
    """
    count = plain(value)
    whole = isinstance(count, int) and not isinstance(count, bool)
    if not whole or count < least or (most is not None and count > most):
        interval = f">= {least}" if most is None else f"from {least} to {most}"
        got = describe(value)
        raise ValueError(f"{function}: {name} must be an integer {interval}, got {got}")
    return int(count)

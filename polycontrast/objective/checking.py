"""The checks that follow from what a signature declares; every objective's arguments pass here."""

import math
from collections.abc import Mapping
from typing import Any

from polycontrast import arrays
from polycontrast.arrays import Array
from polycontrast.objective.arguments import SAMPLES, Argument, Role
from polycontrast.objective.registry import near_matches

_MEANING = {
    "B": "number of rows",
    "D": "dimension",
    "M": "number of views",
    "K": "number of negatives",
}


# Length of each named axis, and the argument that set it, with its shape.
Sizes = dict[str, tuple[int, str]]


MOST_FORMS = 1000  # of one objective's calls, remembered as passed


class BadArgument(ValueError):
    """Raised in an objective's body for arguments that do not go together.

    The caller sees a ValueError whose text begins with the objective's name.
    """


class Checker:
    """Checks the values of one call; every message begins with the objective's name."""

    def __init__(self, objective: str, arguments: Mapping[str, Argument]):
        self.objective = objective
        self.arguments = arguments
        self._array_names = [name for name, a in arguments.items() if a.is_array]
        self._passed: set[Any] = set()

    def fail(self, text: str, error: type[Exception] = ValueError) -> Exception:
        """Build an error that names the objective."""
        return error(f"{self.objective}: {text}")

    def arrays_of(self, values: Mapping[str, Any]) -> list[tuple[str, Array, tuple[str, ...]]]:
        """Name, array and alternative dims of every array that was given; views one by one."""
        found: list[tuple[str, Array, tuple[str, ...]]] = []
        for name, argument in self.arguments.items():
            value = values[name]
            if argument.is_number(value) or value is None:
                if argument.is_array and argument.required:
                    raise self.fail(f"{name} must be an array, got None", TypeError)
                continue
            if argument.kind == "views" and isinstance(value, (list, tuple)):
                dims = (argument.role.dims[0].partition(" ")[2],)
                found += [(f"{name}[{i}]", view, dims) for i, view in enumerate(value)]
            else:
                found.append((name, value, argument.role.dims))
        return found

    def check_arrays(
        self,
        values: Mapping[str, Any],
        check_finite: bool,
        may_be_empty: bool = False,
        casts: bool = False,
    ) -> Array:
        """Check all arrays against one another; return the first, which everything follows.

        `may_be_empty` allows a rank to bring no samples, and `casts` allows half precision beside
        float32. What has passed once is not looked at again: a small call would feel it.
        """
        given_arrays = [values[name] for name in self._array_names]
        form = None if check_finite or may_be_empty or casts else arrays.form(given_arrays)
        if form in self._passed:
            first = next(v for v in given_arrays if v is not None and type(v) not in (int, float))
            return first[0] if isinstance(first, (list, tuple)) else first
        self._check_views(values)
        given = self.arrays_of(values)
        for name, value, dims in given:
            if not arrays.is_array(value):
                wanted = " or ".join(f"({d.replace(' ', ', ')})" for d in dims)
                got = f"{type(value).__module__}.{type(value).__qualname__}"
                raise self.fail(f"{name} must be an array of shape {wanted}, got {got}", TypeError)
        first_name, first, _ = given[0]
        sizes: Sizes = {}
        for name, argument in self.arguments.items():
            if argument.kind == "views" and isinstance(values[name], (list, tuple)):
                count = len(values[name])
                sizes[argument.dims[0][0]] = count, f"{name} ({count} arrays)"
        for name, value, dims in given:
            nothing = arrays.without_numbers(value)
            if nothing is not None:
                raise self.fail(
                    f"{name} must be a dense array of numbers, got {nothing}", TypeError
                )
            self._check_library(first_name, first, name, value)
            self._check_dtype(first_name, first, name, value, casts)
            self._check_shape(name, value, dims, sizes, may_be_empty)
            if check_finite and arrays.is_traced(value):
                raise self.fail(f"check_finite=True needs numbers, and {name} is being traced")
            if check_finite and not self._is_finite(value):
                raise self.fail(f"{name} must be finite, got nan or infinite entries")
        if form is not None:
            if len(self._passed) == MOST_FORMS:
                self._passed.clear()
            self._passed.add(form)
        return first

    def _check_views(self, values: Mapping[str, Any]) -> None:
        for name, argument in self.arguments.items():
            value, least = values[name], argument.role.least_views
            if argument.kind != "views" or value is None:
                continue
            sequence = isinstance(value, (list, tuple))
            counts = {len(dims) for dims in argument.dims}
            if not sequence and not (arrays.is_array(value) and value.ndim in counts):
                got = arrays.describe(value)
                shapes = " or ".join(f"({', '.join(dims)})" for dims in argument.dims)
                wanted = f"one array {shapes} or a sequence of arrays (B, D)"
                error = ValueError if arrays.is_array(value) else TypeError
                raise self.fail(f"{name} must be {wanted}, got {got}", error)
            if not sequence and value.ndim < max(counts):
                continue  # no stack
            count, axis = len(value) if sequence else value.shape[0], argument.dims[0][0]
            if axis.isdigit() and count != int(axis):
                raise self.fail(f"{name} must hold {axis} arrays, got {count}")
            if count < least:
                raise self.fail(f"{name} must hold at least {least} views, got {count}")

    def _check_library(self, first_name: str, first: Array, name: str, value: Array) -> None:
        if arrays.namespace(value) is not arrays.namespace(first):
            got = f"{first_name} {type(first).__module__} and {name} {type(value).__module__}"
            text = f"{first_name} and {name} must come from the same array library, got {got}"
            raise self.fail(text, TypeError)
        here, there = arrays.device(first), arrays.device(value)
        if here != there:
            got = f"{first_name} on {here} and {name} on {there}"
            raise self.fail(f"{first_name} and {name} must be on the same device, got {got}")

    def _check_dtype(
        self, first_name: str, first: Array, name: str, value: Array, casts: bool
    ) -> None:
        argument = self.arguments[name.split("[")[0]]
        wanted = argument.role.dtype
        if not arrays.namespace(value).isdtype(value.dtype, wanted):
            raise self.fail(f"{name} must have a {wanted} dtype, got {value.dtype}", TypeError)
        # Numbers of samples, such as states, may have the precision that is computed in.
        precise = not any(dims[-1] == "D" for dims in argument.dims)
        if precise and value.dtype == arrays.computing_dtype(first):
            return
        if (
            casts
            and wanted == "real floating"
            and arrays.computing_dtype(value) == arrays.computing_dtype(first)
        ):
            return
        if wanted == "real floating" and value.dtype != first.dtype:
            got = f"{first_name} {first.dtype} and {name} {value.dtype}"
            raise self.fail(
                f"{first_name} and {name} must have the same dtype, got {got}", TypeError
            )

    def _check_shape(
        self,
        name: str,
        value: Array,
        dims: tuple[str, ...],
        sizes: Sizes,
        may_be_empty: bool,
    ) -> None:
        shape = tuple(value.shape)
        options = [_expand(d, sizes) for d in dims]
        fitting = [axes for axes in options if _fits(axes, shape)]
        if not fitting:
            wanted = " or ".join(f"({', '.join(axes)})" for axes in options)
            raise self.fail(f"{name} must have shape {wanted}, got {shape}")
        for axis, length in zip(fitting[0], shape, strict=True):
            if axis.isdigit():
                continue
            if length == 0 and not (may_be_empty and axis in SAMPLES):
                raise self.fail(f"{name} must not be empty, got shape {shape}")
            more, plus, base = axis.rpartition("+")
            extra = int(more) if plus else 0
            length_of, other = sizes.setdefault(base, (length - extra, f"{name} {shape}"))
            if length_of + extra != length and other == f"{name} {shape}":
                raise self.fail(f"{name} must have shape ({', '.join(fitting[0])}), got {shape}")
            if length_of + extra != length:
                meaning = _MEANING.get(base, f"length of axis {base}")
                meaning += f" and {extra} more" if extra else ""
                both = f"{other.partition(' ')[0]} and {name}"
                raise self.fail(
                    f"{both} must have the same {meaning}, got {other} and {name} {shape}"
                )

    def _is_finite(self, value: Array) -> bool:
        xp = arrays.namespace(value)
        return not xp.isdtype(value.dtype, "real floating") or bool(xp.all(xp.isfinite(value)))

    def check_number(self, argument: Argument, value: Any) -> None:
        """Check a scalar or an option against its declared interval, type or choices."""
        name, role = argument.name, argument.role
        if argument.choices is not None:
            if arrays.is_array(value) or value not in argument.choices:
                got = arrays.describe(value)
                hint = near_matches(str(value), [str(c) for c in argument.choices])
                raise self.fail(f"unknown {name} {got}{hint}")
            return
        if argument.boolean:
            if not isinstance(value, bool):
                got = arrays.describe(value)
                raise self.fail(f"{name} must be True or False, got {got}", TypeError)
            return
        if role == Role("option"):
            return
        if arrays.is_array(value) and role.kind == "scalar" and tuple(value.shape) == (1,):
            value = arrays.without_axes(value)
        if isinstance(value, (str, bytes, bool)) or (arrays.is_array(value) and value.ndim != 0):
            raise self.fail(f"{name} must be a number, got {arrays.describe(value)}", TypeError)
        if role.integer and not isinstance(value, int):
            raise self.fail(f"{name} must be an integer, got {arrays.describe(value)}", TypeError)
        number = value if isinstance(value, (int, float)) else arrays.known(value)
        if number is None:
            if not arrays.is_array(value):
                raise self.fail(f"{name} must be a number, got {arrays.describe(value)}", TypeError)
            return  # a tracer: its value is not known yet
        inside = role.low < number if role.open_low else role.low <= number
        if not (math.isfinite(number) and inside and number <= role.high):
            raise self.fail(f"{name} must be {_interval_words(role)}, got {number}")


def _expand(dims: str, sizes: Sizes) -> list[str]:
    """Names of the axes of one shape, with ``B**M`` written out."""
    axes = []
    for name in dims.split():
        base, power, count = name.partition("**")
        axes += [base] * sizes[count][0] if power else [base]
    return axes


def _fits(axes: list[str], shape: tuple[int, ...]) -> bool:
    """Whether a shape has so many axes, and the lengths of those that are numbers."""
    return len(axes) == len(shape) and all(
        not axis.isdigit() or int(axis) == length for axis, length in zip(axes, shape, strict=True)
    )


def _interval_words(role: Role) -> str:
    if role.low == -math.inf:
        return "finite"
    if role.high == math.inf:
        return "finite and > 0" if role.open_low else f"finite and >= {role.low:g}"
    return f"in [{role.low:g}, {role.high:g}]"

"""What an objective's signature declares, and the checks that follow from it.

The annotation of a parameter says what it is: embeddings of shape (B, D), views, weights, a
differentiable scalar, a number in an interval, one of several words. One checker reads them all.
"""

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from polycontrast import arrays
from polycontrast.arrays import Array
from polycontrast.objective.registry import near_matches

SAMPLES = ("B", "N")
"""Axes that ranks may share out; everything else is the same on every rank."""


@dataclass(frozen=True)
class Role:
    """What an argument is.

    Parameters
    ----------
    kind : {"rows", "views", "mask", "weights", "state", "scalar", "option"}
        Arrays ("rows"), a stack or sequence of views, what views are there, per-anchor weights,
        what is kept of samples between steps (without a gradient), a differentiable scalar (with
        `dims` it may also be an array), or a plain Python value.
    dims : tuple of str
        Alternative shapes of an array, as names of axes: ``"B D"``. A name stands for one length
        throughout a call, a number for itself; ``"B**M"`` stands for M axes of length B, ``"1+M"``
        for one more than M.
    dtype : str
        Kind of dtype in the standard's words.
    low, high : float
        Bounds of a number, themselves allowed unless `open_low`.
    least_views : int
        Smallest number of views.
    integer : bool
        Whether a number must be an int.
    """

    kind: str
    dims: tuple[str, ...] = ()
    dtype: str = "real floating"
    low: float = -math.inf
    high: float = math.inf
    open_low: bool = False
    least_views: int = 2
    integer: bool = False


Embeddings = Annotated[Any, Role("rows", ("B D",))]
Views = Annotated[Any, Role("views", ("M B D",))]
Mask = Annotated[Any, Role("mask", ("M B",), dtype="bool")]
Weights = Annotated[Any, Role("weights", ("B",))]
Scalar = Annotated[Any, Role("scalar")]
Temperature = Annotated[Any, Role("scalar", low=0.0, open_low=True)]
Temperatures = Annotated[Any, Role("scalar", ("B", "2 B"), low=0.0, open_low=True)]
State = Annotated[Any, Role("state", ("B", "2 B"))]
Positive = Annotated[float, Role("option", low=0.0, open_low=True)]
Nonnegative = Annotated[float, Role("option", low=0.0)]
Count = Annotated[int, Role("option", low=1, integer=True)]
Index = Annotated[int, Role("option", low=0, integer=True)]
Normalize = bool
Reduction = Literal["mean", "sum", "none"]


def Interval(low: float, high: float) -> Role:
    """Role of a number between two bounds, both allowed."""
    return Role("option", low=low, high=high)


@dataclass(frozen=True)
class Argument:
    """One argument of an objective, as its signature declares it."""

    name: str
    role: Role
    default: Any
    choices: tuple[Any, ...] | None
    boolean: bool
    keyword_only: bool

    @property
    def kind(self) -> str:
        """Kind of the role."""
        return self.role.kind

    @property
    def dims(self) -> tuple[tuple[str, ...], ...]:
        """Alternative shapes, each a tuple of names of axes."""
        return tuple(tuple(d.split()) for d in self.role.dims)

    @property
    def required(self) -> bool:
        """True when there is no default."""
        return self.default is inspect.Parameter.empty

    @property
    def is_array(self) -> bool:
        """True for arrays, whatever their role."""
        return bool(self.role.dims)

    def is_number(self, value: Any) -> bool:
        """Whether a value is no array, or a 0-d one where a scalar may be an array."""
        as_scalar = not (arrays.is_array(value) and value.ndim > 0)
        return not self.is_array or (self.kind == "scalar" and as_scalar)

    @property
    def differentiable(self) -> bool:
        """True where a gradient is defined."""
        real = self.role.dtype == "real floating" and self.kind != "state"
        return real and (self.is_array or self.kind == "scalar")


def read_signature(function: Callable[..., Any]) -> dict[str, Argument]:
    """Arguments that a function's annotated signature declares."""
    hints = get_type_hints(function, include_extras=True)
    found = {}
    for name, parameter in inspect.signature(function).parameters.items():
        hint = hints.get(name, Any)
        roles = [
            r for part in (hint, *get_args(hint)) for r in get_args(part) if isinstance(r, Role)
        ]
        found[name] = Argument(
            name=name,
            role=roles[0] if roles else Role("option"),
            default=parameter.default,
            choices=get_args(hint) if get_origin(hint) is Literal else None,
            boolean=hint is bool,
            keyword_only=parameter.kind is inspect.Parameter.KEYWORD_ONLY,
        )
    return found


_MEANING = {
    "B": "number of rows",
    "D": "dimension",
    "M": "number of views",
    "K": "number of negatives",
}


# Length of each named axis, and the argument that set it, with its shape.
Sizes = dict[str, tuple[int, str]]


class BadArgument(ValueError):
    """Raised in an objective's body for arguments that do not go together.

    The caller sees a ValueError whose text begins with the objective's name.
    """


class Checker:
    """Checks the values of one call; every message begins with the objective's name."""

    def __init__(self, objective: str, arguments: Mapping[str, Argument]):
        self.objective = objective
        self.arguments = arguments

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
        self, values: Mapping[str, Any], check_finite: bool, may_be_empty: bool = False
    ) -> Array:
        """Check all arrays against one another; return the first, which everything follows.

        `may_be_empty` allows a rank to bring no samples.
        """
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
            self._check_library(first_name, first, name, value)
            self._check_dtype(first_name, first, name, value)
            self._check_shape(name, value, dims, sizes, may_be_empty)
            if check_finite and arrays.is_traced(value):
                raise self.fail(f"check_finite=True needs numbers, and {name} is being traced")
            if check_finite and not self._is_finite(value):
                raise self.fail(f"{name} must be finite, got nan or infinite entries")
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

    def _check_dtype(self, first_name: str, first: Array, name: str, value: Array) -> None:
        argument = self.arguments[name.split("[")[0]]
        wanted = argument.role.dtype
        if not arrays.namespace(value).isdtype(value.dtype, wanted):
            raise self.fail(f"{name} must have a {wanted} dtype, got {value.dtype}", TypeError)
        # Numbers of samples, such as states, may have the precision that is computed in.
        precise = not any(dims[-1] == "D" for dims in argument.dims)
        if precise and value.dtype == arrays.computing_dtype(first):
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
            if value not in argument.choices:
                hint = near_matches(str(value), [str(c) for c in argument.choices])
                raise self.fail(f"unknown {name} {value!r}{hint}")
            return
        if argument.boolean:
            if not isinstance(value, bool):
                raise self.fail(f"{name} must be True or False, got {value!r}", TypeError)
            return
        if role == Role("option"):
            return
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

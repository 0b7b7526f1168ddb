"""Words that follow from the role of a parameter: type, standard sentence, reasons to refuse it."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from polycontrast.objective.arguments.roles import Argument

_COUNTS = {1: "one view", 2: "two views", 3: "three views"}
_KINDS = {
    "mask": "True where a view of a sample exists; by default all do.",
    "weights": "Non-negative weight of each sample, not all zero.",
    "state": "State of the samples, kept between steps; it has no gradient.",
    "scalar": "Differentiable.",
}
_DTYPES = {"bool": "bool array", "integral": "integer array"}


def quoted(value: Any) -> str:
    """A value as one writes it in a call."""
    return f'"{value}"' if isinstance(value, str) else repr(value)


def type_of(argument: Argument) -> str:
    """Type, shape, interval and default, as numpydoc has them after the colon."""
    text = _form(argument) + _interval(argument)
    if argument.required:
        return text
    if argument.optional and argument.default is not None:
        text = f"{text}, or None"
    default = "optional" if argument.default is None else f"default {quoted(argument.default)}"
    return f"{text}, {default}"


def standard(argument: Argument, arguments: Mapping[str, Argument]) -> str:
    """The sentences that are true of every parameter of this role."""
    about = argument.role.about or _KINDS.get(argument.kind, "")
    if _counts_views(argument):
        return f"At least {_COUNTS[argument.role.least_views]}; row i of each belongs to sample i."
    if argument.kind == "weights" and "reduction" in arguments:
        return f'{about} "mean" divides by their sum.'
    return about


def condition(argument: Argument, arguments: Mapping[str, Argument]) -> Iterator[tuple[str, str]]:
    """Subject and predicate of each reason to refuse this argument."""
    name, role = f"`{argument.name}`", argument.role
    arrays = [a for a in arguments.values() if a.is_array]
    if _counts_views(argument) and role.least_views > 1:
        yield "", f"there are fewer than {_COUNTS[role.least_views]}"
    if argument.is_array and len(arrays) == 1 and not argument.takes_sequences:
        yield name, f"is not a real floating array {_shape(argument.dims[0])}"
    elif argument.is_array:
        yield "shapes, dtypes, libraries or devices", "disagree"
    if argument.kind == "weights":
        yield "all weights", "are zero"
    if role.below:
        yield name, f"is not from 0 to {role.below} - 1"
    if role.listed:
        yield f"an integer of {name}", f"is not from -1 to {role.listed} - 1"
    if argument.numbers:
        bound = "above" if role.open_low else "of at least"
        least = "" if role.low == -math.inf else f", each {bound} {role.low:g}"
        yield name, f"is not a {argument.numbers_in_words}{least}"
    if role.distinct:
        yield name, "holds a number twice"
    if argument.choices is not None:
        yield name, "is not one of its words" if not argument.several else "holds another word"
    if not _is_numeric(argument):
        return
    if role.high < math.inf:
        yield name, f"is outside {_bounds(argument)}"
    elif role.integer:
        bound = "" if role.low == -math.inf else f" of at least {role.low:g}"
        yield name, f"is not an integer{bound}"
    elif role.low == -math.inf:
        yield name, "is not finite"
    else:
        yield name, f"is not above {role.low:g}" if role.open_low else "is negative"


def _is_numeric(argument: Argument) -> bool:
    return argument.numeric and argument.kind in ("scalar", "option")


def _counts_views(argument: Argument) -> bool:
    return argument.kind == "views" and not argument.dims[0][0].isdigit()


def _form(argument: Argument) -> str:
    """Type and shape."""
    if argument.choices is not None:
        words = f"{{{', '.join(map(quoted, argument.choices))}}}"
        return f"tuple of {words}" if argument.several else words
    if argument.numbers:
        return argument.numbers_in_words
    if argument.boolean:
        return "bool"
    shapes = " or ".join(map(_shape, argument.dims))
    if argument.kind == "scalar":
        return f"float, 0-d array or array {shapes}" if shapes else "float or 0-d array"
    if argument.kind == "views":
        first = argument.dims[0]
        return f"array {shapes}, or sequence of {first[0]} arrays {_shape(first[1:])}"
    if argument.kind == "list":
        return "sequence of arrays" + ("" if argument.role.dims == ("...",) else f" {shapes}")
    if argument.role.listed:
        mask, lists = map(_shape, argument.dims)
        return f"bool array {mask} or integer array {lists}"
    if argument.is_array:
        return f"{_DTYPES.get(argument.role.dtype, 'array')} {shapes}"
    if argument.role.integer:
        return "int"
    return getattr(argument.hint, "__name__", str(argument.hint))


def _interval(argument: Argument) -> str:
    role = argument.role
    if role.below:
        return f", from 0 to {role.below} - 1"
    if not _is_numeric(argument) or role.low == -math.inf:
        return ""
    if role.high < math.inf:
        return f" in {_bounds(argument)}"
    return f", {'>' if role.open_low else '>='} {role.low:g}"


def _bounds(argument: Argument) -> str:
    role = argument.role
    first, last = "(" if role.open_low else "[", ")" if role.open_high else "]"
    return f"{first}{role.low:g}, {role.high:g}{last}"


def _shape(axes: tuple[str, ...]) -> str:
    """A shape as documentation writes it: ``(1 + M, B)``, ``(B, ..., B)``."""
    spelled = []
    for axis in axes:
        base, power, _ = axis.partition("**")
        spelled += [base, "...", base] if power else [axis.replace("+", " + ")]
    return f"({', '.join(spelled)}{',' if len(spelled) == 1 else ''})"

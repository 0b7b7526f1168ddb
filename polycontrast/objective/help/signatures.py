"""The full signature of an objective: its own parameters with types, then the options of execution.

`help`, `inspect.signature` and the generated type stub all show this one.
"""

import inspect
from dataclasses import fields
from typing import Any

from polycontrast.context import Settings
from polycontrast.objective.arguments import Argument


class Text(str):
    """A type written out; `inspect` prints it without quotes."""

    __repr__ = str.__str__


def full_signature(own: inspect.Signature, arguments: dict[str, Argument]) -> inspect.Signature:
    """Signature with the types of an objective's arguments and the options of execution.

    Parameters
    ----------
    own : inspect.Signature
        Parameters of the body.
    arguments : dict
        The arguments by name.
    """
    typed = [
        parameter.replace(annotation=Text(type_of(arguments[name])))
        for name, parameter in own.parameters.items()
    ]
    return own.replace(parameters=typed + options(), return_annotation=Text("Array"))


def options() -> list[inspect.Parameter]:
    """Options of execution, as keyword parameters with types and defaults."""
    return [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=field.default,
            annotation=Text(_written(field.type)),
        )
        for field in fields(Settings)
    ]


def type_of(argument: Argument) -> str:
    """Type of an argument: ``Array``, ``float | Array``, ``Literal['mean', 'sum']``."""
    if argument.choices is not None:
        text = f"Literal[{', '.join(map(repr, argument.choices))}]"
        text = f"tuple[{text}, ...]" if argument.several else text
    elif argument.is_array or argument.kind == "scalar":
        base = {
            "views": "Array | Sequence[Array]",
            "list": "Sequence[Array]",
            "scalar": "float | Array",
        }
        text = base.get(argument.kind, "Array")
    elif argument.boolean:
        text = "bool"
    else:
        text = "int" if argument.role.integer else _written(argument.hint)
    said = argument.choices is not None and None in argument.choices
    return f"{text} | None" if argument.optional and not said else text


def _written(hint: Any) -> str:
    """Name of a class, or the words of any other type, without the name of its module."""
    return hint.__name__ if type(hint) is type else str(hint).replace("typing.", "")

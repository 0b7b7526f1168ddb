"""The full signature of an objective: its own parameters with types, then the options of execution.

`help`, `inspect.signature` and the generated type stub all show this one.
"""

import inspect
from dataclasses import fields
from typing import Any

from polycontrast.context import Settings
from polycontrast.objective.arguments.roles import Argument

WIDTH = 80


class Shown(inspect.Signature):
    """A signature that prints on lines of 80 columns, the options of execution on lines apart."""

    def __str__(self) -> str:
        line = super().__str__()
        if len(line) <= WIDTH // 2:  # the name comes before it
            return line
        names = {field.name for field in fields(Settings)}
        own = [p for name, p in self.parameters.items() if name not in names]
        places = [str(p) for p in own if p.kind is not p.KEYWORD_ONLY]
        named = [str(p) for p in own if p.kind is p.KEYWORD_ONLY]
        execution = [str(p) for name, p in self.parameters.items() if name in names]
        lines = [*_filled([*places, "*", *named]), *_filled(execution)]
        return "\n".join(["(", *lines, f") -> {self.return_annotation}"])


def _filled(parameters: list[str]) -> list[str]:
    """Lines of parameters, none of which is broken."""
    lines: list[str] = []
    for text in parameters:
        if lines and len(lines[-1]) + len(text) + 2 <= WIDTH:
            lines[-1] += f" {text},"
        else:
            lines.append(f"    {text},")
    return lines


class Text(str):
    """A type written out; `inspect` prints it without quotes."""

    __repr__ = str.__str__


def full_signature(own: inspect.Signature, arguments: dict[str, Argument]) -> Shown:
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
    return Shown(typed + options(), return_annotation=Text("Array"))


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

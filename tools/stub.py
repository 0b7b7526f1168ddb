"""Write `polycontrast/__init__.pyi`: every public name with its types, for editors and checkers.

    python tools/stub.py

Objectives are found when they are first used, so a checker cannot see them in the code. This file
asks each for its full signature and docstring. A test fails where the stub is not what this script
writes: run it after a change of a signature or of a docstring.
"""

import inspect
import textwrap
from collections.abc import Iterator
from pathlib import Path

import polycontrast as pc
from polycontrast.objective.help.signatures import options

STUB = Path(pc.__file__).with_name("__init__.pyi")

HEAD = '''\
"""Contrastive losses for any array, any number of views, with closed-form gradients.

Written by tools/stub.py.
"""

# Calls of one objective are narrower than those of any objective.
# mypy: disable-error-code="override, overload-overlap"
# pyright: reportIncompatibleMethodOverride=false, reportOverlappingOverload=false

from collections.abc import Callable, Mapping, Sequence
from typing import (
    Any,
    Generic,
    Literal,
    NamedTuple,
    Protocol,
    TypedDict,
    TypeVar,
    Unpack,
    overload,
)

from polycontrast.objective import Diagnostics as Diagnostics
'''

ARRAYS = '''
class _AnyArray(Protocol):
    """An array of any library: what has a shape and a dtype."""

    @property
    def shape(self) -> Any: ...
    @property
    def dtype(self) -> Any: ...

Array = TypeVar("Array", bound=_AnyArray)
'''


def lines() -> Iterator[str]:
    """The whole stub."""
    objectives = pc.objectives()
    yield HEAD
    for name in sorted(set(pc.__all__) - set(objectives)):
        module = inspect.getmodule(getattr(pc, name))
        assert module is not None
        yield f"from {module.__name__} import {name} as {name}"
    for name, objective in objectives.items():
        for function in objective.functions:
            own = function.__name__
            yield f"from {function.__module__} import {own} as _{name}_{own}"
    yield ""
    yield f'__version__: Literal["{pc.__version__}"]'
    yield f"__all__: Sequence[str]\n{ARRAYS}"
    yield "class Options(TypedDict, total=False):"
    yield '    """How a call is carried out; the value does not depend on it."""\n'
    yield from (f"    {option.name}: {option.annotation}" for option in options())
    for name in sorted(objectives):
        yield from of_objective(objectives[name])


def of_objective(objective: pc.Objective) -> Iterator[str]:
    """Types of the gradients and of the calls of one objective."""
    name = "".join(word.title() for word in objective.name.split("_"))
    own = objective.signature.parameters
    shown = {n: str(p.annotation) for n, p in inspect.signature(objective).parameters.items()}
    arguments, keyword_only = [], False
    for parameter in own.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not keyword_only:
            arguments.append("*")
            keyword_only = True
        default = "" if parameter.default is parameter.empty else f" = {parameter.default!r}"
        arguments.append(f"{parameter.name}: {shown[parameter.name]}{default}")
    yield f"\nclass {name}Grads(NamedTuple, Generic[Array]):"
    yield f'    """Gradients of `{objective.name}`, of the arguments that were differentiated."""\n'
    kinds = {"views": "Any", "list": "tuple[Array, ...]"}
    for argument in objective.arguments.values():
        if argument.differentiable:
            yield f"    {argument.name}: {kinds.get(argument.kind, 'Array')}"
    pair = f"tuple[Array, {name}Grads[Array]]"
    triple = f"tuple[Array, {name}Grads[Array], Diagnostics]"
    call = ["wrt: str | Sequence[str] | None = None"]
    if not keyword_only:
        call.insert(0, "*")
    yield f"\nclass _{name}(Objective):"
    yield from method("__call__", arguments, "Array", inspect.getdoc(objective))
    yield "    @overload"
    yield from method(
        "value_and_grad", [*arguments, *call, "diagnostics: Literal[False] = False"], pair
    )
    yield "    @overload"
    yield from method("value_and_grad", [*arguments, *call, "diagnostics: Literal[True]"], triple)
    back = f"tuple[Array, Callable[[Any], {name}Grads[Array]]]"
    yield from method("vjp", [*arguments, *call], back)
    for function in objective.functions:
        yield f"    {function.__name__} = staticmethod(_{objective.name}_{function.__name__})"
    yield f"\n{objective.name}: _{name}"


def method(name: str, arguments: list[str], returns: str, doc: str | None = None) -> Iterator[str]:
    """One method, an argument per line."""
    yield f"    def {name}("
    yield "        self,"
    yield from (f"        {argument}," for argument in arguments)
    yield "        **settings: Unpack[Options],"
    yield f"    ) -> {returns}:{'' if doc else ' ...'}"
    if doc:
        yield textwrap.indent(f'r"""{doc}\n"""', " " * 8, lambda line: line.strip() != "")
        yield "        ..."


def text() -> str:
    """The stub as it should stand."""
    return "\n".join(lines()) + "\n"


if __name__ == "__main__":
    STUB.write_text(text(), encoding="utf-8")

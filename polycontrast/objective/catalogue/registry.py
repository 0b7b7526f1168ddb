"""The list of all objectives. A file with an objective is imported when its name is first used."""

import difflib
import importlib
import pkgutil
import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType, ModuleType
from typing import Any

from polycontrast.adapters.differentiable import functions

_objectives: dict[str, Any] = {}
_modules: dict[str, str] = {}
"""The module of each public name, loaded or not."""


def announce(package: ModuleType) -> None:
    """List the files of a package and of its folders as modules that define a public name.

    A file ``info_nce.py`` defines ``info_nce``. Files that start with an underscore are parts of
    the others. Nothing is imported.
    """
    modules = list(pkgutil.iter_modules(package.__path__, f"{package.__name__}."))
    for folder in [module for module in modules if module.ispkg]:
        path = [f"{base}/{folder.name.rpartition('.')[2]}" for base in package.__path__]
        modules += pkgutil.iter_modules(path, f"{folder.name}.")
    for module in modules:
        name = module.name.rpartition(".")[2]
        if not (module.ispkg or name.startswith("_")):
            _modules[name] = module.name


def announced() -> tuple[str, ...]:
    """Public names from `announce`, in the order of their folders."""
    return tuple(_modules)


def load(name: str) -> object:
    """Import the module of an announced name, and return the object of that name in it."""
    return getattr(importlib.import_module(_modules[name]), name)


def everything() -> Mapping[str, Any]:
    """All objectives by name, see `polycontrast.objectives`."""
    for name in _modules:
        load(name)
    ordered = [name for name in _modules if name in _objectives]
    return MappingProxyType({n: _objectives[n] for n in dict.fromkeys((*ordered, *_objectives))})


def register(objective: Any) -> None:
    """Add an objective; one of the same name from another module is an error.

    A definition that runs again, as a cell of a notebook does, replaces the earlier one.
    """
    known, module = _objectives.get(objective.name), objective.__module__
    owner = _modules.get(objective.name) if known is None else known.__module__
    if owner not in (None, module):
        raise ValueError(
            f"objective: the name {objective.name!r} is that of an objective of {owner}; "
            "give yours another name"
        )
    _objectives[objective.name] = functions[objective.name] = objective


def is_registered(objective: Any) -> bool:
    """True for the objective in the registry itself, and not for another one of its name."""
    return _objectives.get(vars(objective).get("name", "")) is objective


def find(name: str) -> Any:
    """The objective of that name.

    Raises
    ------
    ValueError
        When there is none; the message names near matches.
    """
    if name in _modules:
        load(name)
    if name in _objectives:
        return _objectives[name]
    known = dict.fromkeys((*_modules, *_objectives))
    raise ValueError(f"unknown objective {name!r}{known_as(name) or near_matches(name, known)}")


def known_as(name: str) -> str:
    """End of a message about a name by which objectives are known elsewhere; empty if it is not."""
    own = [o.name for o in everything().values() if plain(name) in map(plain, (o.name, *o.aliases))]
    return f"; did you mean {' or '.join(own)}?" if own else ""


def plain(text: str) -> str:
    """Small letters and figures of a text, words apart."""
    return re.sub(r"[^a-z0-9 ]", "", " ".join(text.split()).lower())


def near_matches(name: str, known: Iterable[str]) -> str:
    """End of a message about an unknown name: the nearest names, or all names."""
    known = list(known)
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    return f"; did you mean {' or '.join(close)}?" if close else f"; known: {', '.join(known)}"

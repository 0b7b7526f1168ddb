"""The communicator for the object that a user passes. An engine is imported when first needed."""

import importlib
from typing import Any

from polycontrast.arrays import type_name
from polycontrast.distributed.communicator import Communicator

# Root module and name of a class, and the module in this folder whose `wrap` converts its objects.
ENGINES = {
    ("torch", "ProcessGroup"): "process_group",
    ("mpi4py", "Comm"): "mpi",
    ("builtins", "str"): "axis",
}


def _module_of(kind: type) -> str | None:
    for base in kind.__mro__:
        found = ENGINES.get((base.__module__.partition(".")[0], base.__name__))
        if found is not None:
            return found
    return None


def find(comm: Any) -> Communicator:
    """Communicator for a torch process group, an mpi4py communicator or the name of a JAX axis.

    Raises
    ------
    TypeError
        For anything else.
    """
    if isinstance(comm, Communicator):
        return comm
    name = _module_of(type(comm))
    if name is None:
        wanted = "a torch ProcessGroup, an mpi4py communicator or the name of a JAX axis"
        got = type_name(comm)
        raise TypeError(f"comm must be {wanted}, got {got}")
    try:
        engine = importlib.import_module(f"polycontrast.distributed.{name}")
    except ModuleNotFoundError as error:
        raise TypeError(f"comm={comm!r} needs {error.name}, which is not installed") from None
    return engine.wrap(comm)

"""The communicator in what the user has. An engine is imported only when its object arrives."""

import importlib
from typing import Any

from polycontrast.distributed.communicator import Communicator

# Root module and name of a class, and the module here whose `wrap` turns its objects into one.
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
    """Communicator in a torch process group, an mpi4py communicator, the name of a JAX axis.

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
        got = f"{type(comm).__module__}.{type(comm).__qualname__}"
        raise TypeError(f"comm must be {wanted}, got {got}")
    return importlib.import_module(f"polycontrast.distributed.{name}").wrap(comm)

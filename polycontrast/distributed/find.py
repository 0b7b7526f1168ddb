"""The communicator for the object that a user passes. An engine is imported when first needed."""

import importlib
import os
import sys
from typing import Any

from polycontrast.arrays import type_name
from polycontrast.distributed.communicator import Communicator

# Root module and name of a class, and the module in this folder whose `wrap` converts its objects.
ENGINES = {
    ("torch", "ProcessGroup"): "process_group",
    ("mpi4py", "Comm"): "mpi",
    ("builtins", "str"): "axis",
}

WORLD = "world"
"""The default process group of torch, found at each call."""


def _module_of(kind: type) -> str | None:
    for base in kind.__mro__:
        found = ENGINES.get((base.__module__.partition(".")[0], base.__name__))
        if found is not None:
            return found
    return None


def find(comm: Any) -> Communicator | None:
    """Communicator for a torch process group, an mpi4py communicator or the name of a JAX axis.

    ``"world"`` is the default process group of torch, and None where this process is alone. An axis
    of JAX of that name comes first.

    Raises
    ------
    TypeError
        For anything else.
    ValueError
        When no axis has the name, or other processes were started and torch has no group of them.
    """
    if isinstance(comm, Communicator):
        return comm
    if isinstance(comm, str) and comm == WORLD and not _is_axis(comm):
        comm = _world()
        if comm is None:
            return None
    name = _module_of(type(comm))
    if name is None:
        wanted = 'a torch ProcessGroup, "world", an mpi4py communicator or the name of a JAX axis'
        got = type_name(comm)
        raise TypeError(f"comm must be {wanted}, got {got}")
    try:
        engine = importlib.import_module(f"polycontrast.distributed.{name}")
    except ModuleNotFoundError as error:
        raise TypeError(f"comm={comm!r} needs {error.name}, which is not installed") from None
    return engine.wrap(comm)


def _is_axis(name: str) -> bool:
    """True within `jax.shard_map` over an axis of this name."""
    if "jax" not in sys.modules:
        return False
    from jax import lax

    try:
        lax.axis_size(name)
    except NameError:
        return False
    return True


def _world() -> Any:
    """Default process group of torch; None where this process is alone."""
    dist = sys.modules.get("torch.distributed")
    if dist is not None and dist.is_available() and dist.is_initialized():
        return dist.group.WORLD if dist.get_world_size() > 1 else None
    started = os.environ.get("WORLD_SIZE", "1")
    if started != "1":
        raise ValueError(
            'comm="world" needs torch.distributed.init_process_group before the call, because '
            f"WORLD_SIZE is {started}"
        )
    return None

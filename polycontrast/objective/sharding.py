"""Calls that several ranks make together, each with its own samples."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from polycontrast import arrays
from polycontrast.arrays import Array
from polycontrast.distributed import ALONE, Alone, Communicator, Shards, find
from polycontrast.objective.arguments import SAMPLES, Argument
from polycontrast.objective.settings import Settings


def sample_axis(argument: Argument, value: Any) -> int | None:
    """Axis of samples, of which each rank gives its own; None where all ranks give the same.

    A sequence of views counts as the stack of them.
    """
    if argument.is_number(value):
        return None
    ndim = value[0].ndim + 1 if isinstance(value, (list, tuple)) else value.ndim
    for dims in argument.dims:
        if len(dims) == ndim:
            return next((k for k, name in enumerate(dims) if name in SAMPLES), None)
    return None


def is_shard(argument: Argument, value: Any) -> bool:
    """Whether each rank gives its own part of an argument, or all give the same."""
    return sample_axis(argument, value) is not None


def communicator(name: str, shards: bool, comm: Any) -> Communicator | Shards | None:
    """What the ranks talk through; the shards themselves in a call within a call.

    Raises
    ------
    TypeError, ValueError
        When `comm` is nothing of the kind, or the objective cannot do it.
    """
    if comm is None:
        return None
    if not shards:
        text = "comm is not supported: this objective needs all samples in one place"
        raise ValueError(f"{text}; those that do not have shards=True in polycontrast.objectives()")
    return comm if isinstance(comm, Shards) else find(comm)


def meet(
    name: str,
    arguments: Mapping[str, Argument],
    given: Mapping[str, Any],
    options: Settings,
    comm: Communicator | Shards | None,
    failure: Exception | None,
) -> tuple[Alone, Settings]:
    """Agree on the call with the other ranks.

    Returns
    -------
    batch : Alone or Shards
    options : Settings
        For the objective's body. A call within a call gives raw parts, which its caller adds up.
    """
    if comm is None or isinstance(comm, Shards):
        if failure is not None:
            raise failure
        return ALONE if comm is None else comm, options
    samples, parts = 0, [name, options.gradients]
    if failure is None:
        samples = _samples(arguments, given)
        parts += [_same_everywhere(a, given[a.name]) for a in arguments.values()]
    batch = Shards.meet(comm, samples, ", ".join(parts), failure)
    return batch, replace(options, comm=batch, gradients="sum")


def _samples(arguments: Mapping[str, Argument], given: Mapping[str, Any]) -> int:
    """Samples on this rank."""
    for name, argument in arguments.items():
        axis = None if given[name] is None else sample_axis(argument, given[name])
        if axis is not None:
            return _shape(given[name])[axis]
    raise ValueError("no argument has an axis of samples")


def _same_everywhere(argument: Argument, value: Any) -> str:
    """What of an argument must agree between the ranks. Scalars are left to the caller."""
    if argument.is_number(value) or value is None:
        plain = argument.kind != "scalar" and not arrays.is_array(value)
        return f"{argument.name}={value!r}" if plain else argument.name
    shape, axis = _shape(value), sample_axis(argument, value)
    lengths = ("..." if k == axis else str(n) for k, n in enumerate(shape))
    dtype = value[0].dtype if isinstance(value, (list, tuple)) else value.dtype
    return f"{argument.name} ({', '.join(lengths)}) {dtype}"


def _shape(value: Any) -> tuple[int, ...]:
    """Shape of an array, or of the stack of a sequence of views."""
    if isinstance(value, (list, tuple)):
        return (len(value), *map(int, value[0].shape))
    return tuple(map(int, value.shape))


def combined(batch: Alone, grad: Array, shard: bool) -> Array:
    """Gradient such that the average over the ranks is exact.

    A rank's samples have a gradient on that rank alone, so it counts `batch.size` times. What all
    ranks share gets the sum of its parts, on every rank.
    """
    return grad * batch.size if shard else batch.sum(grad)

"""Calls that several ranks make together, each with its own samples."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from polycontrast import arrays
from polycontrast.arrays import Array
from polycontrast.context import Settings
from polycontrast.distributed import (
    ALONE,
    WORLD,
    Alone,
    Call,
    Part,
    RankError,
    Shards,
    checksum,
    find,
)
from polycontrast.objective.arguments.binding import Binding
from polycontrast.objective.arguments.roles import SAMPLES, Argument, shape_of


def sample_axis(argument: Argument, value: Any) -> int | None:
    """Axis of samples, where each rank gives its own samples; None where all give the same array.

    A sequence of views counts as the stack of them.
    """
    if argument.is_number(value):
        return None
    sequence = isinstance(value, (list, tuple))
    ndim = value[0].ndim + (argument.kind == "views") if sequence else value.ndim
    return next((k for k, name in enumerate(argument.axes(ndim)) if name in SAMPLES), None)


def is_shard(argument: Argument, value: Any) -> bool:
    """True where each rank gives its own part of an argument, and not all the same."""
    return sample_axis(argument, value) is not None


def batch_of(name: str, comm: Any) -> Alone:
    """Batch of a call with this `comm`; the caller's own in a call within a call.

    It is `ALONE` where no ranks share the batch.

    Raises
    ------
    TypeError, ValueError
        When `comm` names no ranks. This error cannot reach the other ranks.
    """
    if comm is None:
        return ALONE
    if isinstance(comm, Shards):
        return comm
    found = find(comm)
    return ALONE if found is None else Shards(found, name=name)


def check_comm(shards: bool, name: str, comm: Any) -> None:
    """Refuse a `comm` that no call could take, as far as this is known before a call."""
    if not (isinstance(comm, str) and comm == WORLD):  # its processes may start later
        check_shards(shards, batch_of(name, comm))


def check_shards(shards: bool, batch: Alone) -> None:
    """Refuse ranks where an objective cannot share its batch."""
    if batch is not ALONE and not shards:
        text = "comm is not supported: this objective needs all samples in one place"
        raise ValueError(f"{text}; those that do not have shards=True in polycontrast.objectives()")


_NOBODY = contextlib.nullcontext()


def sharing_errors(batch: Alone) -> contextlib.AbstractContextManager[None]:
    """Context that sends an error of this rank to the others, which would be stuck without it."""
    return _NOBODY if batch is ALONE else _sharing_errors(batch)


@contextlib.contextmanager
def _sharing_errors(batch: Alone) -> Iterator[None]:
    try:
        yield
    except RankError:
        raise
    except Exception as error:
        with contextlib.suppress(Exception):  # the error of this rank is the better one
            batch.handshake(error)
        raise


@contextlib.contextmanager
def together(name: str, comm: Any) -> Iterator[None]:
    """Context that sends an error before a call to the ranks of a `comm`, if there is one.

    Parameters
    ----------
    name : str
        First word of errors.
    comm
        As in a call.
    """
    batch: Alone = ALONE
    with contextlib.suppress(TypeError, ValueError):  # the call itself will refuse it
        batch = batch_of(name, comm)
    with sharing_errors(batch):
        yield


def expect(
    binding: Binding,
    batch: Any,
    request: str,
    options: Settings,
) -> Settings:
    """Declare the call that the ranks compare before they compute it.

    Parameters
    ----------
    binding : Binding
    batch : Shards
    request : str
        The request, in words.
    options : Settings

    Returns
    -------
    Settings
        For the objective's body. A call within a call gives raw parts, which its caller adds up.
    """
    arguments, values, inputs = binding.arguments, binding.values, binding.inputs
    parts: list[Part] = []
    if not batch.comm.traced:
        parts = _parts(
            ("call", binding.name),
            ("what is asked for", request),
            ("gradients", options.gradients),
            ("precision", options.precision),
            ("repeatable", str(options.repeatable)),
        )
        parts += [_part(a, values[a.name], inputs[a.name]) for a in arguments.values()]
    weights = [inputs[name] for name in binding.binder.weights]
    total = _total(weights[0]) if weights else None
    batch.expect(Call(parts, _samples(arguments, values), total))
    return replace(options, comm=batch, gradients="sum")


def expect_back(binding: Binding, batch: Any, names: tuple[str, ...], cotangent: Array) -> None:
    """Declare the pullback that the ranks compare: its names, and a cotangent that is a number."""
    if batch.comm.traced:
        return
    shown = "an array" if cotangent.ndim else repr(arrays.known(cotangent))
    parts = _parts(
        ("call", f"back of {binding.name}"),
        ("wrt", ", ".join(names)),
        ("the cotangent", shown),
    )
    batch.expect(Call(parts, _samples(binding.arguments, binding.values)))


def expect_vectors(binding: Binding, batch: Any, vectors: Mapping[str, Any]) -> None:
    """Declare the vectors of a Hessian-vector product that the ranks compare: the shared ones."""
    if batch.comm.traced:
        return
    parts = _parts(("call", f"Hessian of {binding.name}"), ("wrt", ", ".join(vectors)))
    for name, vector in vectors.items():
        argument, value = binding.arguments[name], binding.values[name]
        if is_shard(argument, value):
            continue
        each = vector if isinstance(vector, (list, tuple)) else [vector]
        text = ", ".join([_number(t) or _form(argument, t) for t in each])
        parts += _parts((f"the vector of {name}", text))
    batch.expect(Call(parts, _samples(binding.arguments, binding.values)))


def _number(vector: Any) -> str:
    """A number in digits; nothing for an array with axes."""
    has_axes = arrays.is_array(vector) and vector.ndim > 0
    return "" if has_axes else repr(arrays.known(vector))


def _parts(*texts: tuple[str, str]) -> list[Part]:
    return [Part(name, text, text) for name, text in texts]


def _total(weights: Array | None) -> float | None:
    return None if weights is None else arrays.known(arrays.namespace(weights).sum(weights))


def _samples(arguments: Mapping[str, Argument], values: Mapping[str, Any]) -> int:
    """Samples on this rank."""
    for name, argument in arguments.items():
        axis = None if values[name] is None else sample_axis(argument, values[name])
        if axis is not None:
            return shape_of(values[name])[axis]
    raise ValueError("no argument has an axis of samples")


def _part(argument: Argument, value: Any, computed_with: Any) -> Part:
    """The part of an argument that must be the same on all ranks."""
    name = argument.name
    word = argument.kind == "option" and not argument.numeric and not arrays.is_array(value)
    if value is None or argument.choices is not None or word:
        return Part(name, repr(computed_with), repr(value))
    if argument.kind == "option" and arrays.is_array(value) and value.ndim > 0:
        return Part(name, "an array", "an array")
    if argument.is_number(value):
        # Numbers are compared in the dtype of the call, of any type they were given in.
        bits, shown = (arrays.known(t) for t in (computed_with, value))
        if bits is not None:
            return Part(name, repr(bits), repr(shown).removesuffix(".0"))
        return Part(name, "unknown", repr(value))
    each = value if argument.kind == "list" else [value]
    form = ", ".join([_form(argument, t) for t in each])
    return Part(name, form, form)


def _form(argument: Argument, value: Any) -> str:
    """Shape and dtype of an array, and a checksum where it has no samples.

    Lengths that may depend on the rank are left out.
    """
    shape, axis = shape_of(value), sample_axis(argument, value)
    axes, ragged = argument.axes(len(shape)) or shape, argument.role.ragged
    lengths = (
        "..." if k == axis or name == ragged else str(n)
        for k, (name, n) in enumerate(zip(axes, shape, strict=True))
    )
    first = value[0] if isinstance(value, (list, tuple)) else value
    form = f"({', '.join(lengths)}) {first.dtype}"
    return form if axis is not None else f"{form} with checksum {checksum(arrays.detach(value)):x}"


def combined(batch: Alone, grad: Array, shard: bool) -> Array:
    """Gradient such that the average over the ranks is exact.

    A rank's samples have a gradient on that rank alone, so it counts `batch.size` times. An
    argument that all ranks share gets the sum of its parts, on every rank.
    """
    return grad * batch.size if shard else batch.sum(grad)

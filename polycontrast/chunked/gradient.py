"""One call of an objective for its value and the gradient of all embeddings."""

import inspect
from collections.abc import Sequence
from typing import Any

from polycontrast.arrays import describe
from polycontrast.chunked.arguments import EmbeddingArguments, comm_of, learnable_names, registered
from polycontrast.objective import fields_type, gradients_by_name, name_of, together


def grads_type(names: tuple[str, ...]) -> Any:
    """Type of the gradients of a step: those of the encoders, then parameters of the objective."""
    return fields_type("StepGrads", ("params", *names))


def named(wrt: str | Sequence[str]) -> tuple[str, ...]:
    """Names of parameters as a tuple; a single name is accepted."""
    names = (wrt,) if isinstance(wrt, str) else wrt
    sequence = isinstance(names, (tuple, list)) and all(isinstance(n, str) for n in names)
    if not sequence or len(set(names)) < len(names):
        wanted = "a name, or a tuple or list of different names"
        raise TypeError(f"chunked_step: wrt must be {wanted}, got {describe(wrt)}")
    return tuple(names)


def of_embeddings(
    objective: Any, embeddings: Sequence[Any], wrt: tuple[str, ...], parameters: dict[str, Any]
) -> tuple[Any, list[Any], tuple[Any, ...]]:
    """Value, gradient of each set of embeddings, gradients of the parameters named in `wrt`.

    Parameters
    ----------
    objective : callable
        A registered objective, or a callable with
        ``value_and_grad(**arrays_and_parameters, wrt=names) -> (value, named tuple or dict)``.
    embeddings : sequence of arrays
    wrt : tuple of str
    parameters : dict
    """
    inner = registered(objective)
    if inner is not None:
        with together("chunked_step", comm_of(objective, parameters)):
            places = EmbeddingArguments(inner, len(embeddings), parameters)
            learnable_names(inner, wrt)
        value, grads = inner.value_and_grad(
            **places.fill(embeddings), **parameters, wrt=places.names + wrt
        )
        return value, places.order(grads), tuple(getattr(grads, name) for name in wrt)
    if not callable(objective) or not hasattr(objective, "value_and_grad"):
        raise TypeError(
            "chunked_step: objective must be a registered objective, or a callable with a "
            f"value_and_grad of the same form, got {describe(objective)}"
        )
    free = [name for name in inspect.signature(objective).parameters if name not in parameters]
    names = tuple(free[: len(embeddings)])
    if len(names) < len(embeddings):
        wanted = f"{len(names)} batches ({', '.join(names)})"
        raise ValueError(
            f"chunked_step: {name_of(objective)} takes {wanted}, got {len(embeddings)}"
        )
    filled = dict(zip(names, embeddings, strict=True))
    value, grads = objective.value_and_grad(**filled, **parameters, wrt=names + wrt)
    grads = gradients_by_name("chunked_step", grads)
    return value, [grads[name] for name in names], tuple(grads[name] for name in wrt)

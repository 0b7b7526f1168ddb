"""Hessian-vector products: the gradient of an objective, on numbers that carry a tangent."""

from typing import Any

from polycontrast import arrays
from polycontrast.arrays import Array, dual
from polycontrast.context import SETTING_NAMES
from polycontrast.distributed import Shards
from polycontrast.objective.arguments.binding import Binder, Binding
from polycontrast.objective.arguments.checking import Checker
from polycontrast.objective.arguments.fields import fields_type
from polycontrast.objective.arguments.roles import Argument
from polycontrast.objective.calls.evaluation import Body, Evaluation
from polycontrast.objective.calls.ranks import expect_vectors, sharing_errors, together
from polycontrast.objective.held import Held


def hessian_vector_product(
    binder: Binder,
    body: Body,
    held: Held | None,
    positional: tuple[Any, ...],
    vectors: tuple[Any, ...],
    wrt: str | tuple[str, ...] | None,
    kwargs: dict[str, Any],
) -> Any:
    """Hessian-vector product, see `Objective.hvp`; `positional` is its `given`."""
    if not isinstance(positional, (tuple, list)):
        got = arrays.describe(positional)
        with together(binder.name, kwargs.get("comm")):
            text = f"given must be a tuple of the positional arguments, got {got}"
            raise binder.fail(text, TypeError)
    if isinstance(vectors, (tuple, list)):  # they may be traced where the arguments are not
        kwargs = arrays.beside_tracers({**kwargs, "": [list(positional), list(vectors)]})
        positional, vectors = kwargs.pop("")
    # A plain evaluation of the value checks everything in the words of any other call.
    evaluation = Evaluation(
        binder, body, tuple(positional), kwargs, request="value and Hessian-vector product"
    )
    plain, batch = evaluation.binding, evaluation.batch
    options = {name: kwargs[name] for name in SETTING_NAMES if name in kwargs}
    batch.renew_handshake()
    with sharing_errors(batch):
        tangents = _tangents(binder, evaluation, held, vectors, wrt)
        if isinstance(batch, Shards):
            expect_vectors(plain, batch, tangents)
            batch.handshake()
            options |= {"comm": batch.with_tangents(), "gradients": "sum"}
    names = tuple(tangents)
    with plain.running(), arrays.taped():  # a scalar must stay an array
        lifted = {
            name: _lift(plain, argument, plain.values[name], tangents.get(name))
            for name, argument in binder.arguments.items()
        }
        call = Evaluation(binder, body, (), lifted | options, True, wrt=names)
        grads = call.back(1.0)._asdict()
        if evaluation.averaged:
            grads = {name: call.averaged_over_ranks(name, g) for name, g in grads.items()}
        shown = [_tangent(plain, g, plain.values[name]) for name, g in grads.items()]
        return fields_type("Grads", names)(*shown)


def _tangents(
    binder: Binder,
    evaluation: Evaluation,
    held: Held | None,
    vectors: tuple[Any, ...],
    wrt: str | tuple[str, ...] | None,
) -> dict[str, Any]:
    """The vectors by the names of their arguments, after checks."""
    plain, value, fail = evaluation.binding, evaluation.value, binder.fail
    names = plain.differentiated(wrt)
    concerned = () if held is None else held.concerned(binder.arguments, plain.values)
    parts = [n for n in concerned if n in names and not (held and held.is_surrogate)]
    if parts:
        text = f"hvp needs a gradient that is that of the value, and that of {parts[0]} is not"
        raise fail(f"{text}; leave it out of wrt")
    if value.ndim != 0:
        raise fail(f"hvp needs a 0-d value, got shape {tuple(value.shape)}")
    each = f"vectors must hold one for each of {', '.join(names)}"
    if not isinstance(vectors, (tuple, list)):
        raise fail(f"{each}, in a tuple or list, got {arrays.describe(vectors)}", TypeError)
    if len(vectors) != len(names):
        raise fail(f"{each}, got {len(vectors)}")
    tangents = dict(zip(names, vectors, strict=True))
    for name in names:
        _check_vector(binder.checker, name, plain.values[name], tangents[name], plain.first)
    return tangents


def _lift(plain: Binding, argument: Argument, value: Any, vector: Any) -> Any:
    """The argument as dual arrays; a number without a vector stays as it is."""
    if isinstance(value, (list, tuple)):
        vectors = [None] * len(value) if vector is None else vector
        pairs = zip(value, vectors, strict=True)
        return tuple(_lift(plain, argument, t, v) for t, v in pairs)
    if arrays.is_array(value) and not arrays.same_library(value, plain.first):
        value = arrays.known(value)  # only a number may be of another library
    if arrays.is_array(value):
        value = arrays.detach(value)
        number = argument.is_number(value)
        value = arrays.without_axes(value) if number else value
        known = arrays.known(value) if number else None
        if known is None:
            value = plain.taken(value)
            return dual(value, None if vector is None else _inside(plain, vector, value))
        value = known
    if vector is None:
        return value
    number = plain.xp.asarray(float(value), dtype=plain.dtype, device=plain.device)
    return dual(number, _inside(plain, vector, number))


def _inside(plain: Binding, vector: Any, like: Array) -> Array:
    """A vector as an array of the shape and dtype of its argument."""
    if arrays.is_array(vector) and (vector.ndim or arrays.known(vector) is None):
        xp = arrays.namespace(like)
        vector = xp.reshape(plain.taken(arrays.detach(vector)), like.shape)
        return vector if vector.dtype == like.dtype else xp.astype(vector, like.dtype)
    number = arrays.known(vector)
    return plain.xp.asarray(number, dtype=like.dtype, device=plain.device)


def _tangent(plain: Binding, grad: Any, value: Any) -> Any:
    if isinstance(grad, tuple):
        return tuple(_tangent(plain, g, v) for g, v in zip(grad, value, strict=True))
    tangent = grad.tangent
    if tangent is None:
        tangent = plain.xp.zeros_like(grad.value)  # which may be a scalar of NumPy
    tangent = plain.or_nan(tangent)
    if not arrays.is_array(value) or value.ndim == 0:
        return plain.result(tangent)
    if tangent.ndim == 0:
        return plain.result(plain.xp.reshape(tangent, (1,)))
    return plain.result(tangent, value.dtype)


def _check_vector(checker: Checker, name: str, value: Any, vector: Any, first: Array) -> None:
    """Refuse a value that is no vector of an argument."""
    if not isinstance(value, (list, tuple)):
        shape = tuple(value.shape) if arrays.is_array(value) else ()
        checker.check_partner(f"the vector of {name}", name, vector, shape, first)
        return
    if not isinstance(vector, (list, tuple)) or len(vector) != len(value):
        got = f"{len(vector)}" if isinstance(vector, (list, tuple)) else arrays.describe(vector)
        text = f"the vector of {name} must be a sequence of {len(value)} arrays, got {got}"
        raise checker.fail(text, TypeError)
    for k, (view, part) in enumerate(zip(value, vector, strict=True)):
        _check_vector(checker, f"{name}[{k}]", view, part, first)

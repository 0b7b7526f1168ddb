"""Hessian-vector products: the gradient of an objective, on numbers that carry a tangent."""

from typing import TYPE_CHECKING, Any

from polycontrast import arrays
from polycontrast.arrays import Array, dual
from polycontrast.context import SETTING_NAMES
from polycontrast.objective import sharding
from polycontrast.objective.arguments import Argument
from polycontrast.objective.checking import Checker
from polycontrast.objective.evaluation import Evaluation
from polycontrast.objective.guests import evaluation

if TYPE_CHECKING:
    from polycontrast.objective.call import Objective


def hessian_vector_product(
    objective: "Objective",
    given: tuple[Any, ...],
    vectors: tuple[Any, ...],
    wrt: str | tuple[str, ...] | None,
    kwargs: dict[str, Any],
) -> Any:
    """See `Objective.hvp`."""
    fail = objective._checker.fail
    if kwargs.get("comm") is not None:
        with sharding.together(objective.name, kwargs["comm"]):
            raise fail("hvp works on the batch of one process, got comm=")
    if not isinstance(given, (tuple, list)):
        got = arrays.describe(given)
        raise fail(f"given must be a tuple of the positional arguments, got {got}", TypeError)
    if isinstance(vectors, (tuple, list)):  # they may be traced where the arguments are not
        together = arrays.beside_tracers({**kwargs, "": [list(given), list(vectors)]})
        given, vectors = together.pop("")
        kwargs = together
    # A plain evaluation of the value checks everything in the words of any other call.
    plain = evaluation(objective, tuple(given), kwargs)
    names = plain.differentiated(wrt)
    if plain.value.ndim != 0:
        raise fail(f"hvp needs a 0-d value, got shape {tuple(plain.value.shape)}")
    each = f"vectors must hold one for each of {', '.join(names)}"
    if not isinstance(vectors, (tuple, list)):
        raise fail(f"{each}, in a tuple or list, got {arrays.describe(vectors)}", TypeError)
    if len(vectors) != len(names):
        raise fail(f"{each}, got {len(vectors)}")
    tangents = dict(zip(names, vectors, strict=True))
    for name in names:
        _check_vector(objective._checker, name, plain.given[name], tangents[name], plain.first)
    options = {name: kwargs[name] for name in SETTING_NAMES if name in kwargs}
    with plain.at_work(), arrays.taped():  # a scalar must not become a mere number
        lifted = {
            name: _lift(plain, argument, plain.given[name], tangents.get(name))
            for name, argument in objective.arguments.items()
        }
        _, back = objective.vjp(wrt=names, **lifted, **options)
        grads = back(1.0)
        found = (_tangent(plain, g, plain.given[n]) for n, g in zip(names, grads, strict=True))
        return type(grads)(*found)


def _lift(plain: Evaluation, argument: Argument, value: Any, vector: Any) -> Any:
    """The same argument as dual arrays; what is neither an array nor differentiated stays."""
    if isinstance(value, (list, tuple)):
        vectors = [None] * len(value) if vector is None else vector
        pairs = zip(value, vectors, strict=True)
        return tuple(_lift(plain, argument, t, v) for t, v in pairs)
    if arrays.is_array(value) and not arrays.same_library(value, plain.first):
        value = arrays.known(value)  # only a number may come from elsewhere
    if arrays.is_array(value):
        value = arrays.detach(value)
        number = argument.is_number(value)
        value = arrays.without_axes(value) if number else value
        known = arrays.known(value) if number else None
        if known is None:
            value = plain.borrowed(value)
            return dual(value, None if vector is None else _inside(plain, vector, value))
        value = known
    if vector is None:
        return value
    number = plain.xp.asarray(float(value), dtype=plain.dtype, device=plain.device)
    return dual(number, _inside(plain, vector, number))


def _inside(plain: Evaluation, vector: Any, like: Array) -> Array:
    """A vector beside what it belongs to."""
    if arrays.is_array(vector) and (vector.ndim or arrays.known(vector) is None):
        xp = arrays.namespace(like)
        vector = xp.reshape(plain.borrowed(arrays.detach(vector)), like.shape)
        return vector if vector.dtype == like.dtype else xp.astype(vector, like.dtype)
    number = arrays.known(vector)
    return plain.xp.asarray(number, dtype=like.dtype, device=plain.device)


def _tangent(plain: Evaluation, grad: Any, value: Any) -> Any:
    if isinstance(grad, tuple):
        return tuple(_tangent(plain, g, v) for g, v in zip(grad, value, strict=True))
    found = grad.tangent
    if found is None:
        found = arrays.namespace(grad.value).zeros_like(grad.value)
    if not arrays.is_array(value) or value.ndim == 0:
        return plain.result(found)
    if found.ndim == 0:
        return plain.result(plain.xp.reshape(found, (1,)))
    return plain.result(found, value.dtype)


def _check_vector(checker: Checker, name: str, value: Any, vector: Any, first: Array) -> None:
    """Refuse what is no vector of an argument."""
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

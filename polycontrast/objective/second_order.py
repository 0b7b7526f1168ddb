"""Hessian-vector products: the gradient of an objective, on numbers that carry a tangent."""

from typing import TYPE_CHECKING, Any

from polycontrast import arrays
from polycontrast.arrays import Array, dual
from polycontrast.objective import settings, sharding
from polycontrast.objective.checking import Checker
from polycontrast.objective.evaluation import Evaluation

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
    # A plain evaluation of the value checks everything in the words of any other call.
    plain = Evaluation(objective, given, kwargs)
    names = plain.differentiated(wrt)
    if plain.value.ndim != 0:
        raise fail(f"hvp needs a 0-d value, got shape {tuple(plain.value.shape)}")
    each = f"vectors must hold one for each of {', '.join(names)}"
    if not isinstance(vectors, (tuple, list)):
        raise fail(f"{each}, in a tuple or list, got {arrays.describe(vectors)}", TypeError)
    if len(vectors) != len(names):
        raise fail(f"{each}, got {len(vectors)}")
    tangents = dict(zip(names, vectors, strict=True))
    lifted: dict[str, Any] = {}
    for name in objective.arguments:
        value, vector = plain.given[name], tangents.get(name)
        if name in tangents:
            _check_vector(objective._checker, name, value, vector, plain.first)
        lifted[name] = _lift(value, vector, plain.first)
    options = {name: kwargs[name] for name in settings.SETTING_NAMES if name in kwargs}
    with arrays.taped():  # a scalar must not become a mere number
        _, back = objective.vjp(wrt=names, **lifted, **options)
        grads = back(1.0)
    return type(grads)(*map(_tangent, grads))


def _lift(value: Any, vector: Any, like: Array) -> Any:
    """The same argument as dual arrays; what is neither an array nor differentiated stays."""
    if isinstance(value, (list, tuple)):
        vectors = [None] * len(value) if vector is None else vector
        return tuple(_lift(t, v, like) for t, v in zip(value, vectors, strict=True))
    if arrays.is_array(value) and not arrays.same_library(value, like):
        value = arrays.known(value)  # only a number may come from elsewhere
    if arrays.is_array(value):
        return dual(arrays.detach(value), _array(vector, value) if vector is not None else None)
    if vector is None:
        return value
    xp, dtype = arrays.namespace(like), arrays.computing_dtype(like)
    number = xp.asarray(float(value), dtype=dtype, device=arrays.device(like))
    return dual(number, _array(vector, number))


def _array(vector: Any, like: Array) -> Array:
    dtype = arrays.computing_dtype(like)
    if not arrays.is_array(vector):
        number = arrays.known(vector)
        return arrays.namespace(like).asarray(number, dtype=dtype, device=arrays.device(like))
    vector = arrays.detach(vector)
    return vector if vector.dtype == dtype else arrays.namespace(like).astype(vector, dtype)


def _tangent(grad: Any) -> Any:
    if isinstance(grad, tuple):
        return tuple(map(_tangent, grad))
    missing = grad.tangent is None
    return arrays.namespace(grad.value).zeros_like(grad.value) if missing else grad.tangent


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

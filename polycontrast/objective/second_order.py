"""Hessian-vector products: the gradient of an objective, on numbers that carry a tangent."""

from typing import TYPE_CHECKING, Any

from polycontrast import arrays
from polycontrast.arrays import Array, dual
from polycontrast.objective import settings, sharding
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
    # A plain evaluation of the value checks everything in the words of any other call.
    plain = Evaluation(objective, given, kwargs)
    names = plain.differentiated(wrt)
    if plain.value.ndim != 0:
        raise fail(f"hvp needs a 0-d value, got shape {tuple(plain.value.shape)}")
    if len(vectors) != len(names):
        raise fail(f"vectors must hold one for each of {', '.join(names)}, got {len(vectors)}")
    tangents = dict(zip(names, vectors, strict=True))
    lifted: dict[str, Any] = {}
    for name in objective.arguments:
        value, vector = plain.given[name], tangents.get(name)
        if name in tangents:
            _check_vector(fail, name, value, vector)
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
    if arrays.is_array(value):
        return dual(arrays.detach(value), _array(vector, value) if vector is not None else None)
    if vector is None:
        return value
    xp, dtype = arrays.namespace(like), arrays.computing_dtype(like)
    number = xp.asarray(float(value), dtype=dtype, device=arrays.device(like))
    return dual(number, _array(vector, number))


def _array(vector: Any, like: Array) -> Array:
    if arrays.is_array(vector):
        return arrays.detach(vector)
    return arrays.namespace(like).asarray(vector, dtype=like.dtype, device=arrays.device(like))


def _tangent(grad: Any) -> Any:
    if isinstance(grad, tuple):
        return tuple(map(_tangent, grad))
    missing = grad.tangent is None
    return arrays.namespace(grad.value).zeros_like(grad.value) if missing else grad.tangent


def _check_vector(fail: Any, name: str, value: Any, vector: Any) -> None:
    """Refuse a vector of another shape."""
    wanted, got = _shape(value), _shape(vector)
    if wanted != got:
        raise fail(f"the vector of {name} must have its shape {wanted}, got {got}")


def _shape(value: Any) -> tuple[int, ...]:
    if isinstance(value, (list, tuple)):
        return (len(value), *(_shape(value[0]) if value else ()))
    return tuple(value.shape) if hasattr(value, "shape") else ()

"""Hessian-vector products: the gradient of an objective, on numbers that carry a tangent."""

from numbers import Real
from typing import TYPE_CHECKING, Any

from polycontrast import arrays
from polycontrast.arrays import Array, dual
from polycontrast.objective import settings
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
    if kwargs.get("comm") is not None:  # no rank may wait for another
        raise fail("hvp works on the batch of one process, got comm=")
    # A plain evaluation of the value checks everything in the words of any other call.
    plain = Evaluation(objective, given, kwargs)
    names = plain.differentiated(wrt)
    if plain.value.ndim != 0:
        raise fail(f"hvp needs a 0-d value, got shape {tuple(plain.value.shape)}")
    if len(vectors) != len(names):
        raise fail(f"vectors must hold one for each of {', '.join(names)}, got {len(vectors)}")
    # Vectors may be traced where the arguments are not.
    together = arrays.beside_tracers({**plain.given, "": [plain.first, *vectors]})
    like, *vectors_here = together.pop("")
    tangents = dict(zip(names, vectors_here, strict=True))
    lifted: dict[str, Any] = {}
    for name, argument in objective.arguments.items():
        value, vector = together[name], tangents.get(name)
        if name in tangents:
            _check_vector(fail, name, value, vector)
        number = argument.kind == "scalar" and argument.is_number(value)
        lifted[name] = _lifted_number(value, vector, like) if number else _lift(value, vector)
    options = {name: kwargs[name] for name in settings.SETTING_NAMES if name in kwargs}
    with arrays.taped():  # a scalar must not become a mere number
        _, back = objective.vjp(wrt=names, **lifted, **options)
        grads = back(1.0)
    return type(grads)(*map(_tangent, grads))


def _lift(value: Any, vector: Any) -> Any:
    """The same argument as dual arrays; what is no array stays."""
    if isinstance(value, (list, tuple)):
        vectors = [None] * len(value) if vector is None else vector
        return tuple(_lift(t, v) for t, v in zip(value, vectors, strict=True))
    if not arrays.is_array(value):
        return value
    return dual(arrays.detach(value), None if vector is None else _as(vector, value))


def _lifted_number(value: Any, vector: Any, like: Array) -> Any:
    """A number as a 0-d dual array, in the library and the precision of the embeddings."""
    if value is None:
        return value
    dtype = arrays.computing_dtype(like)
    return dual(_as(value, like, dtype), None if vector is None else _as(vector, like, dtype))


def _as(x: Any, like: Array, dtype: Any = None) -> Array:
    """An array of the library of `like` in its dtype, or in another; numbers of any library too."""
    xp, dtype = arrays.namespace(like), dtype or like.dtype
    if arrays.is_array(x) and arrays.namespace(x) is xp:
        return xp.astype(arrays.detach(x), dtype)
    return xp.asarray(float(x), dtype=dtype, device=arrays.device(like))


def _tangent(grad: Any) -> Any:
    if isinstance(grad, tuple):
        return tuple(map(_tangent, grad))
    missing = grad.tangent is None
    return arrays.namespace(grad.value).zeros_like(grad.value) if missing else grad.tangent


def _check_vector(fail: Any, name: str, value: Any, vector: Any) -> None:
    """Refuse what is no vector of real numbers, and one of another shape or library."""
    if isinstance(value, (list, tuple)) and isinstance(vector, (list, tuple)):
        if len(value) != len(vector):
            raise fail(f"the vector of {name} must hold {len(value)} arrays, got {len(vector)}")
        for k, (part, of_part) in enumerate(zip(value, vector, strict=True)):
            _check_vector(fail, f"{name}[{k}]", part, of_part)
        return
    wanted, got = _shape(value), _shape(vector)
    number = isinstance(vector, Real) and not isinstance(vector, bool)
    if not (arrays.is_array(vector) or (number and not wanted)):
        what = "an array" if wanted else "a number"
        kind = arrays.describe(vector)
        raise fail(f"the vector of {name} must be {what}, got {kind}", TypeError)
    if wanted != got:
        raise fail(f"the vector of {name} must have its shape {wanted}, got {got}")
    if not arrays.is_array(vector):
        return
    xp = arrays.namespace(vector)
    if not xp.isdtype(vector.dtype, ("real floating", "integral")):
        raise fail(f"the vector of {name} must hold real numbers, got {vector.dtype}", TypeError)
    own = value[0] if isinstance(value, (list, tuple)) else value
    if wanted and arrays.namespace(own) is not xp:
        libraries = f"{name} {type(own).__module__} and its vector {type(vector).__module__}"
        raise fail(
            f"{name} and its vector must come from the same library, got {libraries}", TypeError
        )


def _shape(value: Any) -> tuple[int, ...]:
    if isinstance(value, (list, tuple)):
        return (len(value), *(_shape(value[0]) if value else ()))
    return tuple(value.shape) if hasattr(value, "shape") else ()

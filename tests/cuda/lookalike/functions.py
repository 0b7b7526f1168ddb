"""Functions of the look-alike, with the parameters that CuPy's have."""

import inspect
from pathlib import Path

import numpy as np

from lookalike.array import arrays_of, computed, inner, ndarray, outer
from lookalike.memory import Memory, synchronised

UFUNCS = [
    "abs",
    "absolute",
    "add",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "bitwise_and",
    "bitwise_count",
    "bitwise_not",
    "bitwise_or",
    "bitwise_xor",
    "cbrt",
    "ceil",
    "conj",
    "conjugate",
    "copysign",
    "cos",
    "cosh",
    "deg2rad",
    "degrees",
    "divide",
    "divmod",
    "equal",
    "exp",
    "exp2",
    "expm1",
    "fabs",
    "float_power",
    "floor",
    "floor_divide",
    "fmax",
    "fmin",
    "fmod",
    "frexp",
    "gcd",
    "greater",
    "greater_equal",
    "heaviside",
    "hypot",
    "invert",
    "isfinite",
    "isinf",
    "isnan",
    "lcm",
    "ldexp",
    "left_shift",
    "less",
    "less_equal",
    "log",
    "log10",
    "log1p",
    "log2",
    "logaddexp",
    "logaddexp2",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "matmul",
    "maximum",
    "minimum",
    "mod",
    "modf",
    "multiply",
    "negative",
    "nextafter",
    "not_equal",
    "positive",
    "power",
    "rad2deg",
    "radians",
    "reciprocal",
    "remainder",
    "right_shift",
    "rint",
    "sign",
    "signbit",
    "sin",
    "sinh",
    "sqrt",
    "square",
    "subtract",
    "tan",
    "tanh",
    "true_divide",
    "trunc",
]
PLAIN = [
    "bool_",
    "complex64",
    "complex128",
    "complexfloating",
    "dtype",
    "e",
    "finfo",
    "float16",
    "float32",
    "float64",
    "floating",
    "iinfo",
    "inexact",
    "inf",
    "int8",
    "int16",
    "int32",
    "int64",
    "integer",
    "intp",
    "isdtype",
    "issubdtype",
    "nan",
    "newaxis",
    "number",
    "pi",
    "promote_types",
    "signedinteger",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "unsignedinteger",
    "generic",
    "broadcast_shapes",
]
SYNCHRONISE = {  # they ask the device how large their result is
    "argwhere", "compress", "extract", "flatnonzero", "intersect1d", "isin", "nonzero", "setdiff1d",
    "setxor1d", "union1d", "unique", "unique_all", "unique_counts", "unique_inverse",
    "unique_values", "linalg.lstsq", "linalg.matrix_rank",
}  # fmt: skip
CREATE = {"arange", "eye", "full", "identity", "linspace", "logspace", "ones", "tri", "zeros"}


class Ufunc:
    """An elementwise function."""

    def __init__(self, name):
        self.__name__, self.numpy = name, getattr(np, name)

    def __call__(self, *args, out=None, dtype=None, casting="same_kind"):
        options = {} if dtype is None else {"dtype": dtype}
        return computed(self.numpy, *args, out=out, **options)

    def at(self, a, indices, b=None):
        given = [] if b is None else [inner(b)]
        self.numpy.at(inner(a), inner(indices), *given)


def function(line):
    """Name and function from a line of `signatures.txt`; parameters are bound as by CuPy."""
    name, parameters = line.split("(", 1)
    scope = {"numpy": np}
    exec(f"def f({parameters}: pass", scope)
    signature = inspect.signature(scope["f"])
    made = np.linalg if name.startswith("linalg.") else np
    numpy = getattr(made, name.removeprefix("linalg."))

    def call(*args, **kwargs):
        bound = signature.bind(*args, **kwargs)
        if name in SYNCHRONISE:
            synchronised(name)
        positional, named = [], {}
        for key, value in bound.arguments.items():
            parameter = signature.parameters[key]
            if parameter.kind is parameter.VAR_POSITIONAL:
                positional.extend(value)
            elif parameter.kind is parameter.VAR_KEYWORD:
                named |= value
            elif parameter.default is parameter.empty or name in ("where", "clip"):
                positional.append(value)
            elif value is not parameter.default:
                named[key] = value
        arrays = list(arrays_of(*positional, *named.values()))
        if not arrays and name not in CREATE and not isinstance(positional[0], (tuple, list)):
            raise TypeError(f"cupy.{name} needs an array, got {type(positional[0]).__name__}")
        return computed(numpy, *positional, **named)

    call.__name__, call.__signature__ = name, signature
    return name, call


def array(obj, dtype=None, copy=True, order="K", subok=False, ndmin=0, *, blocking=False):
    """A new array on the current device, also from one of NumPy."""
    if isinstance(obj, ndarray):
        if not copy and obj.dtype == np.dtype(dtype or obj.dtype):
            return obj
        obj = obj.array
    elif isinstance(obj, (list, tuple)) and any(arrays_of(obj)):
        obj = inner(obj)
    return outer(np.array(obj, dtype=dtype, order=order, ndmin=ndmin))


def asarray(a, dtype=None, order=None, *, copy=None, blocking=False):
    """The array itself, or a new one on the current device."""
    if isinstance(a, ndarray) and copy is not True and a.dtype == np.dtype(dtype or a.dtype):
        return a if a.device.id == Memory(0).device_id else a.copy()
    return array(a, dtype=dtype, order=order or "K")


def asnumpy(a, stream=None, order="C", out=None, *, blocking=True):
    """A copy on the host."""
    return a.get() if isinstance(a, ndarray) else np.asarray(a)


def ascontiguousarray(a, dtype=None):
    """The array itself if its rows lie one after another, else a copy."""
    return a if a.flags.c_contiguous and dtype is None else outer(np.array(a.array, dtype))


def empty(shape, dtype=float, order="C"):
    """An array whose entries are nan: what is not written is not overlooked."""
    made = np.empty(shape, dtype=dtype, order=order)
    if made.dtype.kind == "f":
        made.fill(np.nan)
    return outer(made)


def empty_like(prototype, dtype=None, order="K", subok=None, shape=None):
    """As `empty`, in the shape and dtype of another array."""
    found = prototype.shape if shape is None else shape
    return empty(found, prototype.dtype if dtype is None else dtype)


def copyto(dst, src, casting="same_kind", where=None):
    """Write to an array in place."""
    np.copyto(
        inner(dst), inner(src), casting=casting, where=True if where is None else inner(where)
    )


def astype(x, dtype, /, *, copy=True):
    """As the method."""
    return x.astype(dtype, copy=copy)


def may_share_memory(a, b, max_work=None):
    """Whether two arrays lie in the same bytes."""
    return np.may_share_memory(a.array, b.array)


def result_type(*arrays_and_dtypes):
    """Dtype of a result; the host knows it."""
    return np.result_type(*(inner(t, device=False) for t in arrays_and_dtypes))


def can_cast(from_, to, casting="safe"):
    """Whether a dtype can be cast."""
    return np.can_cast(getattr(from_, "dtype", from_), to, casting)


def iscomplexobj(x):
    """Whether the dtype is complex."""
    return x.dtype.kind == "c"


def ndim(a):
    """Number of axes."""
    return a.ndim if isinstance(a, ndarray) else np.ndim(a)


def shape(a):
    """Lengths of axes."""
    return a.shape


def size(a, axis=None):
    """Number of entries."""
    return a.size if axis is None else a.shape[axis]


def from_dlpack(array, *, device=None, copy=None):
    """An array in the memory of another library."""
    made = np.from_dlpack(array)
    return ndarray(made, Memory(made.nbytes, owned=False))


def functions():
    """All names of the namespace."""
    own = (
        array, asarray, asnumpy, ascontiguousarray, empty, empty_like, copyto, astype, ndim, shape,
        size, may_share_memory, result_type, can_cast, iscomplexobj, from_dlpack,
    )  # fmt: skip
    made = {f.__name__: f for f in own}
    made |= {name: getattr(np, name) for name in PLAIN} | {name: Ufunc(name) for name in UFUNCS}
    lines = Path(__file__).with_name("signatures.txt").read_text(encoding="utf-8").splitlines()
    made |= dict(function(line) for line in lines if not line.startswith("#"))
    return made | {"asanyarray": asarray, "ndarray": ndarray, "float": float}

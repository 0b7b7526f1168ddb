"""The arrays of the look-alike: NumPy's behind the manners of CuPy's.

A 0-d result stays an array. NumPy arrays are refused, and so are arrays of another device than the
current one. An array becomes one of NumPy by `get` alone, which copies it and is counted.
"""

import numpy as np

from lookalike.memory import ROUND, Device, Memory, Pointer, current_device, synchronised


class Flags:
    """The three flags that CuPy has."""

    def __init__(self, flags, owndata):
        self.c_contiguous, self.f_contiguous = flags.c_contiguous, flags.f_contiguous
        self.owndata = owndata

    def __getitem__(self, name):
        return getattr(self, name.lower())


def inner(x, device=True):
    """The NumPy array within, also in sequences; numbers stay, NumPy arrays are refused."""
    if isinstance(x, ndarray):
        if device and x.memory.device_id != current_device():
            given, current = x.memory.device_id, current_device()
            raise ValueError(
                f"Array device must be same as the current device: array device = {given} while "
                f"current = {current}"
            )
        return x.array
    if isinstance(x, np.ndarray):
        raise TypeError("Unsupported type <class 'numpy.ndarray'>")
    if isinstance(x, (tuple, list)):
        return type(x)(inner(t, device) for t in x)
    return x


def outer(made, *given):
    """A result of NumPy as arrays: views of the given arrays, or new ones."""
    if isinstance(made, (np.ndarray, np.generic, bool, int, float, complex)):
        made = np.asarray(made)
        for x in given:
            if made.size and np.may_share_memory(made, x.array):
                return ndarray(made, x.memory)
        if made.base is not None:  # NumPy's own buffer may be larger
            made = made.copy(order="K")
        return ndarray(made, Memory(made.nbytes))
    if isinstance(made, tuple):
        parts = [outer(t, *given) for t in made]
        return type(made)(*parts) if hasattr(made, "_fields") else tuple(parts)
    return [outer(t, *given) for t in made] if isinstance(made, list) else made


def arrays_of(*values):
    """All arrays among values and sequences of values."""
    for x in values:
        if isinstance(x, ndarray):
            yield x
        elif isinstance(x, (tuple, list)):
            yield from arrays_of(*x)


def computed(function, *args, **kwargs):
    """A function of NumPy, for arrays of the look-alike."""
    out = kwargs.pop("out", None)
    given = {k: inner(v) for k, v in kwargs.items()}
    if out is not None:
        given["out"] = inner(out)
    with np.errstate(all="ignore"):
        made = function(*inner(args), **given)
    return outer(made, *arrays_of(*args, *kwargs.values())) if out is None else out


def aligned(x):
    """The same numbers at an address that CuPy's pool could give: a multiple of 512."""
    raw = np.empty(x.nbytes + ROUND, np.uint8)
    start = -raw.ctypes.data % ROUND
    made = raw[start : start + x.nbytes].view(x.dtype).reshape(x.shape)
    made[...] = x.array
    x.array = made
    return x


class ndarray:
    """An array on a device."""

    __array_priority__ = 100
    __hash__ = None

    def __init__(self, array, memory=None):
        self.array = array
        self.memory = Memory(array.nbytes) if memory is None else memory
        self.base = None if memory is None else memory

    shape = property(lambda self: self.array.shape)
    dtype = property(lambda self: self.array.dtype)
    ndim = property(lambda self: self.array.ndim)
    size = property(lambda self: self.array.size)
    nbytes = property(lambda self: self.array.nbytes)
    itemsize = property(lambda self: self.array.itemsize)
    strides = property(lambda self: self.array.strides)
    device = property(lambda self: Device(self.memory.device_id))
    data = property(lambda self: Pointer(self.array.ctypes.data, self.memory))
    flags = property(lambda self: Flags(self.array.flags, self.base is None))
    T = property(lambda self: self._view(self.array.T))
    real = property(lambda self: self._view(self.array.real))

    def _view(self, array):
        return outer(array, self)

    # To the host

    def get(self, stream=None, order="C", out=None, blocking=True):
        synchronised("get")
        return self.array.copy(order=order)

    def item(self):
        if self.size != 1:
            raise ValueError("can only convert an array of size 1 to a Python scalar")
        return self.get().item()

    def tolist(self):
        return self.get().tolist()

    def __bool__(self):
        if self.size != 1:
            raise ValueError("The truth value of an array with more than one element is ambiguous.")
        return bool(self.get())

    def __float__(self):
        return float(self.item())

    def __int__(self):
        return int(self.item())

    def __complex__(self):
        return complex(self.item())

    def __index__(self):
        return self.get().__index__()

    def __format__(self, how):
        return format(self.get(), how)

    def __repr__(self):
        return repr(self.get())

    def __array__(self, dtype=None, copy=None):
        raise TypeError(
            "Implicit conversion to a NumPy array is not allowed. Please use `.get()` to construct "
            "a NumPy array explicitly."
        )

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        if method != "__call__":
            return NotImplemented
        return computed(ufunc, *inputs, **kwargs)

    def __array_function__(self, function, types, args, kwargs):
        raise TypeError(f"numpy.{function.__name__} of an array of CuPy")

    def __dlpack__(self, **kwargs):
        kwargs.pop("stream", None)
        return self.array.__dlpack__(**kwargs)

    def __dlpack_device__(self):
        return self.array.__dlpack_device__()  # the memory is the host's

    # Views and copies

    def __len__(self):
        if not self.ndim:
            raise TypeError("len() of unsized object")
        return len(self.array)

    def __iter__(self):
        if not self.ndim:
            raise TypeError("iteration over a 0-d array")
        return (self[k] for k in range(len(self)))

    def __getitem__(self, key):
        return outer(np.asarray(self.array[_key(key)]), self)

    def __setitem__(self, key, value):
        inner(self)
        with np.errstate(all="ignore"):
            self.array[_key(key)] = inner(value)

    def astype(self, dtype, order="K", casting=None, subok=None, *, copy=True):
        if casting is not None or subok is not None:
            raise TypeError("casting and subok are not supported yet")
        if not copy and self.dtype == dtype:
            return self
        with np.errstate(all="ignore"):
            return outer(self.array.astype(dtype, order=order))

    def copy(self, order="C"):
        made = outer(self.array.copy(order=order))
        return aligned(made) if order == "C" else made

    def view(self, dtype=None, array_class=None):
        return self._view(self.array.view() if dtype is None else self.array.view(dtype))

    def fill(self, value):
        self.array.fill(inner(value))

    def reshape(self, *shape, order="C"):
        return self._view(self.array.reshape(*shape, order=order))

    def transpose(self, *axes):
        return self._view(self.array.transpose(*axes))

    def flatten(self, order="C"):
        return outer(self.array.flatten(order))

    def ravel(self, order="C"):
        return self._view(self.array.ravel(order))

    def squeeze(self, axis=None):
        return self._view(self.array.squeeze(axis))

    def swapaxes(self, axis1, axis2):
        return self._view(self.array.swapaxes(axis1, axis2))

    def sort(self, axis=-1, *, kind=None):
        self.array.sort(axis)

    # Reductions

    def sum(self, axis=None, dtype=None, out=None, keepdims=False):
        return computed(np.sum, self, axis=axis, dtype=dtype, out=out, keepdims=keepdims)

    def mean(self, axis=None, dtype=None, out=None, keepdims=False):
        return computed(np.mean, self, axis=axis, dtype=dtype, out=out, keepdims=keepdims)

    def max(self, axis=None, out=None, keepdims=False):
        return computed(np.max, self, axis=axis, out=out, keepdims=keepdims)

    def min(self, axis=None, out=None, keepdims=False):
        return computed(np.min, self, axis=axis, out=out, keepdims=keepdims)

    def all(self, axis=None, out=None, keepdims=False):
        return computed(np.all, self, axis=axis, out=out, keepdims=keepdims)

    def any(self, axis=None, out=None, keepdims=False):
        return computed(np.any, self, axis=axis, out=out, keepdims=keepdims)

    def round(self, decimals=0, out=None):
        return computed(np.round, self, decimals, out=out)

    # Operators

    def __pos__(self):
        return self

    def __neg__(self):
        return computed(np.negative, self)

    def __abs__(self):
        return computed(np.absolute, self)

    def __invert__(self):
        return computed(np.invert, self)


def _key(key):
    """An index in NumPy's form; a mask of truth values asks the device how many are true."""
    parts = key if isinstance(key, tuple) else (key,)
    made = []
    for part in parts:
        part = part.array if isinstance(part, ndarray) else part
        if getattr(part, "dtype", np.dtype(int)).kind == "b":
            synchronised("mask")
        made.append(part)
    return tuple(made) if isinstance(key, tuple) else made[0]


def _operators():
    """Binary operators and their reflected and in-place forms."""
    pairs = {
        "add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.true_divide,
        "floordiv": np.floor_divide, "mod": np.remainder, "pow": np.power, "matmul": np.matmul,
        "lshift": np.left_shift, "rshift": np.right_shift, "and": np.bitwise_and,
        "or": np.bitwise_or, "xor": np.bitwise_xor,
    }  # fmt: skip
    compared = ("less", "less_equal", "equal", "not_equal", "greater", "greater_equal")
    for name, ufunc in zip(("lt", "le", "eq", "ne", "gt", "ge"), compared, strict=True):
        pairs[name] = getattr(np, ufunc)

    def forms(name, ufunc):
        def operator(self, other):
            if not isinstance(other, (ndarray, np.ndarray, np.generic, bool, int, float, complex)):
                return NotImplemented
            return computed(ufunc, self, other)

        def reflected(self, other):
            return computed(ufunc, other, self)

        def in_place(self, other):
            return computed(ufunc, self, other, out=self)

        setattr(ndarray, f"__{name}__", operator)
        if name in ("lt", "le", "eq", "ne", "gt", "ge"):
            return
        setattr(ndarray, f"__r{name}__", reflected)
        setattr(ndarray, f"__i{name}__", in_place)

    for name, ufunc in pairs.items():
        forms(name, ufunc)


_operators()

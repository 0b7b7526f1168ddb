"""The array libraries under test: how to make an array in each, and how to read it back."""

import enum
import functools
import importlib
import importlib.util
import os
import warnings

import numpy as np
import pytest

__all__ = ["REQUIRED", "Backend", "backend_params", "has_cuda"]

# Libraries that must be there: a missing one then fails the run instead of being a reported skip.
REQUIRED = tuple(filter(None, os.environ.get("POLYCONTRAST_REQUIRE_BACKENDS", "").split(",")))


class Backend(enum.Enum):
    """One array library on one device; the value is (module, device)."""

    NUMPY = ("numpy", None)
    TORCH = ("torch", None)
    JAX = ("jax", None)
    STRICT = ("array_api_strict", None)
    STRICT_DEVICE1 = ("array_api_strict", "device1")
    CUPY = ("cupy", None)

    def __str__(self):
        return self.name.lower()

    @property
    def module(self):
        """Name of the library, as it is imported."""
        return self.value[0]

    @property
    def installed(self):
        """True when the library can be found."""
        return importlib.util.find_spec(self.module) is not None

    @property
    def xp(self):
        """The library's array namespace, set up as strictly as it can be."""
        if not self.installed:
            pytest.skip(f"{self.module} is not installed")
        return _load(self.module)

    @property
    def device(self):
        """Device of the arrays, or None for the default one."""
        name = self.value[1]
        return None if name is None else self.xp.Device(name)

    def dtypes(self):
        """Names of the floating dtypes that the library has."""
        half = {"numpy": ("float16",), "cupy": ("float16",)}
        both = {"torch": ("float16", "bfloat16"), "jax": ("float16", "bfloat16")}
        return ("float64", "float32", *half.get(self.module, ()), *both.get(self.module, ()))

    def asarray(self, x, dtype="float64"):
        """Return a fresh array with the numbers of the NumPy array `x`; integers stay integers.

        NumPy arrays are read-only, so that a write to an input raises.
        """
        x = np.array(x)
        wanted = getattr(self.xp, dtype) if x.dtype.kind == "f" else None
        if self.module == "torch":
            made = self.xp.asarray(x)
            return made if wanted is None else made.to(wanted)
        options = {} if self.device is None else {"device": self.device}
        if self.module != "numpy":
            return self.xp.asarray(x, dtype=wanted, **options)
        x = x if wanted is None else x.astype(wanted)
        x.setflags(write=False)
        return x

    def read(self, x):
        """Return a NumPy copy, real numbers in float64."""
        if self.module == "torch":
            x = x.detach()
            x = (x.double() if x.is_floating_point() else x).numpy()
        elif self.module == "cupy":
            x = self.xp.asnumpy(x)
        elif self.device is not None:
            x = x.to_device(self.xp.Device("CPU_DEVICE"))
        x = np.array(x)
        return x.astype(np.float64) if x.dtype.kind not in "biu" else x

    def owns(self, x):
        """Return whether `x` is an array of this library."""
        kinds = {
            # NumPy gives scalars for its own 0-d results.
            "numpy": lambda: isinstance(x, (np.ndarray, np.floating)),
            "torch": lambda: isinstance(x, self.xp.Tensor),
            "jax": lambda: isinstance(x, importlib.import_module("jax").Array),
            "array_api_strict": lambda: type(x) is type(self.xp.asarray(0.0)),
            "cupy": lambda: isinstance(x, self.xp.ndarray),
        }
        return kinds[self.module]()

    def dtype_name(self, x):
        """Name of the dtype of `x`, the same for every library."""
        return str(x.dtype).split(".")[-1]


@functools.cache
def _load(module):
    if module == "jax":
        jax = importlib.import_module("jax")
        jax.config.update("jax_enable_x64", True)
        jax.config.update("jax_numpy_dtype_promotion", "strict")
        jax.config.update("jax_numpy_rank_promotion", "raise")
        return importlib.import_module("jax.numpy")
    xp = importlib.import_module(module)
    if module == "array_api_strict":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it says that the flags are experimental
            xp.set_array_api_strict_flags(
                boolean_indexing=False, data_dependent_shapes=False, enabled_extensions=()
            )
    return xp


@functools.cache
def has_cuda():
    """Return whether CuPy is there and finds a device."""
    if not Backend.CUPY.installed:
        return False
    try:
        return importlib.import_module("cupy").cuda.runtime.getDeviceCount() > 0
    except Exception:  # importing CuPy itself can fail without a driver, in several ways
        return False


def backend_params(*chosen):
    """Parameters for pytest: the chosen backends, or all; CuPy as `conftest` says."""
    return [
        pytest.param(b, id=str(b), marks=[pytest.mark.cupy] if b is Backend.CUPY else [])
        for b in chosen or Backend
    ]

"""Value and gradients of a function of arrays, in each library.

Every call takes NumPy arrays and returns value and gradients as NumPy arrays. So all libraries have
the same interface, and a device has finished when its result can be read.
"""

import functools
import importlib.util
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np

from polycontrast.bench.rivals import dense, differentiated
from polycontrast.objective import find

Call = Callable[..., tuple[Any, ...]]
"""A function of NumPy arrays that returns the value, and one gradient per array."""


class Backend(ABC):
    """An array library."""

    module: str

    def is_there(self) -> bool:
        """Whether the library is installed."""
        return importlib.util.find_spec(self.module) is not None

    @abstractmethod
    def objective(self, name: str, parameters: dict[str, Any]) -> Call:
        """An objective of this library."""

    @abstractmethod
    def formula(self, name: str, parameters: dict[str, Any]) -> Call:
        """The plain formula of an objective, with its gradient."""


class NumpyBackend(Backend):
    """Closed forms in NumPy, without automatic differentiation."""

    module = "numpy"

    def objective(self, name: str, parameters: dict[str, Any]) -> Call:
        """An objective of this library."""
        chosen = find(name)

        def call(*inputs: Any) -> tuple[Any, ...]:
            value, grads = chosen.value_and_grad(*inputs, **parameters)
            return value, *grads

        return self.moved(call)

    def formula(self, name: str, parameters: dict[str, Any]) -> Call:
        """The plain formula of an objective, with its gradient."""
        function = getattr(dense, name)
        return self.moved(lambda x, y: function(x, y, self.namespace(), **parameters))

    def namespace(self) -> Any:
        """Namespace of the library."""
        return np

    def moved(self, function: Callable[..., Any]) -> Call:
        """The same function of NumPy arrays, with results as NumPy arrays."""

        def call(*inputs: Any) -> tuple[Any, ...]:
            value, *grads = function(*inputs)
            return float(value), *grads

        return call


class CupyBackend(NumpyBackend):
    """Closed forms on a CUDA device."""

    module = "cupy"

    def is_there(self) -> bool:
        """Whether the library is installed and has a device."""
        if not super().is_there():
            return False
        cupy = self.namespace()
        try:
            return bool(cupy.cuda.runtime.getDeviceCount())
        except cupy.cuda.runtime.CUDARuntimeError:
            return False

    def namespace(self) -> Any:
        """Namespace of the library."""
        import cupy

        return cupy

    def moved(self, function: Callable[..., Any]) -> Call:
        """The same function of NumPy arrays, with results as NumPy arrays."""
        cupy = self.namespace()

        def call(*inputs: Any) -> tuple[Any, ...]:
            value, *grads = function(*map(cupy.asarray, inputs))
            return float(value), *map(cupy.asnumpy, grads)

        return call


class Differentiating(Backend):
    """A library with automatic differentiation; objectives use their closed forms in it."""

    @abstractmethod
    def formulas(self) -> dict[str, Any]:
        """Plain formulas, by name of the objective."""

    @abstractmethod
    def differentiated(self, function: Any, places: tuple[int, ...] | None = None) -> Call:
        """Value and gradients of a function of arrays of the library.

        Parameters
        ----------
        function : callable
        places : tuple of int, optional
            Positions of the arrays that are differentiated; all where it is left out.
        """

    def objective(self, name: str, parameters: dict[str, Any]) -> Call:
        """An objective of this library."""
        objective = find(name)
        arrays = [a for a in objective.arguments.values() if a.is_array and a.required]
        places = tuple(i for i, a in enumerate(arrays) if a.differentiable)
        return self.differentiated(functools.partial(objective, **parameters), places)

    def formula(self, name: str, parameters: dict[str, Any]) -> Call:
        """The plain formula of an objective."""
        return self.differentiated(functools.partial(self.formulas()[name], **parameters))


class TorchBackend(Differentiating):
    """Tensors on the CPU, and their `backward`."""

    module = "torch"

    def formulas(self) -> dict[str, Any]:
        """Plain formulas, by name of the objective."""
        return differentiated.torch_formulas()

    def differentiated(self, function: Any, places: tuple[int, ...] | None = None) -> Call:
        """Value and gradients of a function of tensors, which may return its gradients itself."""
        import torch

        def call(*inputs: Any) -> tuple[Any, ...]:
            tensors = [torch.from_numpy(t) for t in inputs]
            leaves = tensors if places is None else [tensors[i] for i in places]
            for t in leaves:
                t.requires_grad_()
            value = function(*tensors)
            if isinstance(value, tuple):
                value, *grads = value
            else:
                value.backward()
                grads = [t.grad for t in leaves]
            return value.item(), *(None if g is None else g.numpy() for g in grads)

        return call


class JaxBackend(Differentiating):
    """Arrays on the default device of JAX, with `jax.value_and_grad`, compiled."""

    module = "jax"

    def formulas(self) -> dict[str, Any]:
        """Plain formulas, by name of the objective."""
        return differentiated.jax_formulas()

    def differentiated(self, function: Any, places: tuple[int, ...] | None = None) -> Call:
        """Value and gradients of a function of arrays."""
        import jax

        def compiled(places: tuple[int, ...]) -> Any:
            return jax.jit(jax.value_and_grad(function, argnums=places))

        of = functools.cache(compiled)

        def call(*inputs: Any) -> tuple[Any, ...]:
            value, grads = of(tuple(range(len(inputs))) if places is None else places)(*inputs)
            return float(value), *map(np.asarray, grads)

        return call


NUMPY, TORCH, JAX, CUPY = NumpyBackend(), TorchBackend(), JaxBackend(), CupyBackend()
BACKENDS: dict[str, Backend] = {b.module: b for b in (NUMPY, TORCH, JAX, CUPY)}

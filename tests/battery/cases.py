"""The cases of the registry: inputs made from the declared shapes, and how to evaluate them."""

import functools
import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from backends import Backend
from oracles import FACTS, Facts

import polycontrast as pc
from polycontrast.testing.inputs import axes_of_list, random_indices

__all__ = [
    "SIZES",
    "Case",
    "Result",
    "all_cases",
    "assert_close",
    "case_params",
    "cases_of",
    "default_cases",
    "each",
    "parts",
]

# Lengths of the axes that the shapes of the registry name; B and N are both samples.
# D leaves room for more independent vectors than there are views. Images have an odd side.
SIZES = {"B": 5, "D": 6, "M": 3, "K": 6, "N": 5, "C": 3, "Q": 3, "T": 3, "L": 7, "H": 7, "W": 6}
OTHER_AXIS = 4


def shape_of(dims, sizes):
    """Return the shape that names of axes stand for.

    "B**M" is M axes of length B, "1+M" an axis longer by one than M, "2" one of length 2.
    """
    shape = []
    for axis in dims:
        more, _, rest = axis.rpartition("+")
        name, _, power = rest.partition("**")
        length = int(name) if name.isdigit() else sizes.get(name, OTHER_AXIS) + int(more or 0)
        shape += [length] * (sizes[power] if power else 1)
    return tuple(shape)


@dataclass(frozen=True)
class Result:
    """Value and gradients of one evaluation, read back into NumPy."""

    value: np.ndarray
    grads: dict[str, Any]


@dataclass(frozen=True)
class Case:
    """An objective with the parameters that a case varies."""

    objective: Any
    params: dict = field(hash=False)

    def __str__(self):
        return self.name

    @functools.cached_property
    def name(self):
        """Name of the objective, and the parameters."""
        values = ",".join(f"{k}={v}".replace(" ", "") for k, v in self.params.items())
        return f"{self.objective.name}-{values or 'defaults'}"

    @property
    def arguments(self):
        """Arguments of the objective by name."""
        return self.objective.arguments

    @property
    def dims(self):
        """Names of the axes of every array that the case gives."""
        found = {}
        for name, argument in self.arguments.items():
            if not argument.dims:
                continue
            if isinstance(self.params.get(name), str):  # else a number in place of an array
                found[name] = tuple(self.params[name].split())
            elif argument.required:
                found[name] = argument.dims[0]
        return found

    @property
    def views(self):
        """Name of the argument that holds views, or None."""
        return next((n for n in self.dims if self.arguments[n].kind == "views"), None)

    @property
    def options(self):
        """Parameters of the case that are not arrays."""
        return {k: v for k, v in self.params.items() if k not in self.dims}

    def parameter(self, name):
        """Value of a parameter in this case."""
        return self.options.get(name, self.arguments[name].default)

    @property
    def differentiable(self):
        """Names of all arguments with a gradient that the case gives: arrays, then scalars."""
        arrays = [n for n in self.dims if self.arguments[n].differentiable]
        return (*arrays, *self.scalars)

    @property
    def scalars(self):
        """Names of the differentiable scalars."""
        return tuple(
            n
            for n, a in self.arguments.items()
            if a.kind == "scalar"
            and not a.role.constant
            and self.parameter(n) is not None
            and n not in self.dims
        )

    @property
    def surrogate(self):
        """Names of arguments whose gradient is, by definition, not that of the value."""
        return self.objective.held_names(self.params)

    @property
    def exact(self):
        """Names of arguments whose gradient is that of the value, or that of one surrogate."""
        return tuple(n for n in self.differentiable if n not in self.surrogate) or (
            self.differentiable
        )

    @property
    def facts(self):
        """Test data of the objective."""
        return FACTS.get(self.objective.name, Facts())

    @property
    def normalizers(self):
        """Signs of the arrays that hold logarithms of normalisers, by name."""
        signs = {n: self.arguments[n].role.log_normalizer for n in self.dims}
        return {name: sign for name, sign in signs.items() if sign}

    def arrays(self, seed=0, **sizes):
        """Make the inputs of the case: NumPy float64 (or what the argument declares), by name.

        With groups of samples each of them has B.
        """
        sizes["B"] = sizes.get("B", SIZES["B"]) * self.options.get("groups", 1)
        sizes.setdefault("N", sizes["B"])
        return {
            name: self._array(name, dims, SIZES | sizes, [seed, position])
            for position, (name, dims) in enumerate(self.dims.items())
        }

    def _array(self, name, dims, sizes, seed):
        rng = np.random.default_rng(seed)
        argument, shape = self.arguments[name], shape_of(dims, sizes)
        if argument.kind == "list":
            each = [shape_of(axes, sizes | own) for axes, own in axes_of_list(dims)]
            return [rng.normal(size=t) for t in each]
        role = argument.role
        if role.below:
            return random_indices(rng, shape, sizes.get(role.below, OTHER_AXIS), role.distinct)
        if role.listed and role.listed not in dims:
            return rng.integers(-1, sizes[role.listed], size=shape)
        if name in self.facts.sparse:
            return (np.arange(math.prod(shape)) % 7 == 3).reshape(shape)
        if name in self.facts.complete:
            return np.arange(math.prod(shape)) % 3
        if role.dtype == "bool":
            # One entry in seven is missing: some samples are complete, some are not.
            return (np.arange(math.prod(shape)) % 7 != 1).reshape(shape)
        if role.dtype == "integral":
            return rng.integers(0, 3, size=shape)
        if role.high < math.inf:
            return rng.uniform(role.low, role.high, shape)
        if argument.kind in ("weights", "scalar") or role.is_bounded:
            return rng.uniform(0.5, 1.5, shape)
        if name in self.normalizers:
            tau = 1.0 if "temperature" in self.dims else self.parameter("temperature")
            return rng.normal(size=shape) + self.normalizers[name] / tau
        return np.array(rng.normal(size=shape))

    def given(self, backend, arrays, dtype="float64"):
        """Turn NumPy inputs into arrays of a backend."""
        return {name: each(x, lambda t: backend.asarray(t, dtype)) for name, x in arrays.items()}

    def value(self, arrays, backend=Backend.NUMPY, dtype="float64", **options):
        """Value only, read back."""
        made = self.given(backend, arrays, dtype)
        return backend.read(self.objective(**made, **self.options | options))

    def evaluate(self, arrays, backend=Backend.NUMPY, dtype="float64", wrt=None, **options):
        """Value and the gradient of everything that has one (or of `wrt`), read back.

        A value that is not a number is weighted by a fixed random cotangent.
        """
        made = self.given(backend, arrays, dtype)
        wrt = self.differentiable if wrt is None else wrt
        value, back = self.objective.vjp(**made, wrt=wrt, **self.options | options)
        g = cotangent(tuple(value.shape))
        grads = back(backend.asarray(g, backend.dtype_name(value)))
        assert grads._fields == wrt
        grads = {n: each(x, backend.read) for n, x in grads._asdict().items()}
        return Result(backend.read(value), grads)


def each(x, function):
    """Apply a function to an array, or to each of a sequence of arrays."""
    return [function(t) for t in x] if isinstance(x, (list, tuple)) else function(x)


def parts(x):
    """The arrays of a sequence, or the one array."""
    return list(x) if isinstance(x, (list, tuple)) else [x]


def cotangent(shape):
    """Return the weight of each entry of a value: 1 for a number, else random, fixed."""
    return np.random.default_rng(99).normal(size=shape) if shape else np.ones(())


def assert_close(got, wanted, tolerance, what=""):
    """Compare numbers, arrays, dicts of arrays or results.

    `tolerance` is relative to the largest entry of the wanted array, or to 1 if that is less.
    """
    if isinstance(wanted, Result):
        assert_close(got.value, wanted.value, tolerance, f"{what} value")
        assert_close(got.grads, wanted.grads, tolerance, f"{what} gradient of")
        return
    if isinstance(wanted, dict):
        assert got.keys() == wanted.keys()
        for name in wanted:
            assert_close(got[name], wanted[name], tolerance, f"{what} {name}")
        return
    if isinstance(wanted, (list, tuple)):
        for k, pair in enumerate(zip(got, wanted, strict=True)):
            assert_close(*pair, tolerance, f"{what}[{k}]")
        return
    got, wanted = np.asarray(got), np.asarray(wanted)
    assert got.shape == wanted.shape, f"{what}: shape {got.shape}, wanted {wanted.shape}"
    assert np.isfinite(wanted).all(), f"{what}: the reference is not finite"
    scale = max(1.0, float(np.max(np.abs(wanted), initial=0.0)))
    np.testing.assert_allclose(got, wanted, rtol=0, atol=tolerance * scale, err_msg=what)


def cases_of(objective):
    """Every case of an objective, the defaults first."""
    facts = FACTS.get(objective.name, Facts())
    return [Case(objective, dict(params)) for params in facts.cases]


@functools.cache
def all_cases():
    """Every case of every objective."""
    return tuple(case for o in pc.objectives().values() for case in cases_of(o))


@functools.cache
def default_cases():
    """The first case of every objective: its defaults."""
    return tuple(cases_of(o)[0] for o in pc.objectives().values())


def case_params(cases=None):
    """Parameters for pytest, by name of case."""
    return [pytest.param(case, id=str(case)) for case in (all_cases() if cases is None else cases)]

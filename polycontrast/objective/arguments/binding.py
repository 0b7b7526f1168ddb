"""The arguments of a call: bound to names, checked, converted; gradients in the form of theirs."""

import contextlib
import inspect
from collections.abc import Mapping
from typing import Any

from polycontrast import arrays
from polycontrast.arrays import Array, Host
from polycontrast.context import Settings
from polycontrast.distributed import ALONE, Alone
from polycontrast.objective.arguments.checking import MOST_CALLS, Checker
from polycontrast.objective.arguments.number_checks import NumberChecker
from polycontrast.objective.arguments.roles import Argument
from polycontrast.objective.arguments.traced import mistakes
from polycontrast.objective.catalogue.registry import near_matches

_REQUIRED = inspect.Parameter.empty
_OF_PYTHON = frozenset((int, float, bool, str, type(None)))
"""Types of values that are neither arrays nor sequences of arrays."""


class Binder:
    """Facts about the arguments that are the same in all calls of an objective.

    Parameters
    ----------
    name : str
        Name of the objective, with which every error begins.
    signature : inspect.Signature
    arguments : mapping of str to Argument
    shards : bool
        Whether ranks may share the batch.
    """

    def __init__(
        self,
        name: str,
        signature: inspect.Signature,
        arguments: Mapping[str, Argument],
        shards: bool,
    ):
        self.name, self.signature, self.arguments, self.shards = name, signature, arguments, shards
        self.checker = Checker(name, arguments)
        self.number_checker = NumberChecker(self.checker.fail)
        self.numbers = tuple(n for n, a in arguments.items() if not a.is_array)
        """Arguments that are never arrays with axes."""
        self.scalars_or_arrays = [
            n for n, a in arguments.items() if a.is_array and a.kind == "scalar"
        ]
        self.bounded = [n for n, a in arguments.items() if a.is_array and a.role.is_bounded]
        """Arrays whose entries are in an interval."""
        self.weights = [n for n, a in arguments.items() if a.kind == "weights"]
        self.differentiable = [n for n, a in arguments.items() if a.differentiable]
        self._defaults = {n: a.default for n, a in arguments.items()}
        self._positional = [n for n, a in arguments.items() if not a.keyword_only]
        self._without_axes = [n for n, a in arguments.items() if () in a.dims]
        self._required = [n for n, a in arguments.items() if a.required]
        self._passed: set[Any] = set()
        """Numbers of calls that passed all checks."""

    def fail(self, text: str, error: type[Exception] = ValueError) -> Exception:
        """Build an error that names the objective."""
        return self.checker.fail(text, error)

    def bind(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[dict[str, Any], list[Array]]:
        """All values of a call by name, in the order of the signature, and the arrays among them.

        The same as `inspect.Signature.bind` in a tenth of its time, which dominates small calls.
        """
        count = len(args)
        values = self._defaults | dict(zip(self._positional, args, strict=False)) | kwargs
        fits = len(values) == len(self._defaults) and count <= len(self._positional)
        fits = fits and kwargs.keys().isdisjoint(self._positional[:count])
        for name in self._required:
            fits = fits and values[name] is not _REQUIRED
        if not fits:
            self.signature.bind(*args, **kwargs)  # which raises, in the words of any function
        for name in self._without_axes:
            values[name] = arrays.boxed(values[name])
        others = {k: arrays.plain(v) for k, v in values.items() if type(v) not in _OF_PYTHON}
        others = arrays.beside_tracers(others)
        values.update(others)
        among: list[Array] = []
        for value in others.values():
            if isinstance(value, (list, tuple)):
                among.extend(filter(arrays.is_array, value))
            elif arrays.is_array(value):
                among.append(value)
        return values, among

    def numbers_among(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """Names of the arguments that are no arrays in this call, in the order of the signature."""
        if not self.scalars_or_arrays:
            return self.numbers
        return tuple(n for n, a in self.arguments.items() if a.is_number(values[n]))

    def check_numbers(self, values: Mapping[str, Any], names: tuple[str, ...]) -> None:
        """Check all arguments that are no arrays; values that passed once are cached."""
        numbers = tuple([values[name] for name in names])
        kinds = tuple(map(type, numbers))
        immutable = _OF_PYTHON.issuperset(kinds)
        if immutable and (names, kinds, numbers) in self._passed:
            return
        for name, number in zip(names, numbers, strict=True):
            self.number_checker.check(self.arguments[name], number)
        if immutable:
            if len(self._passed) >= MOST_CALLS:
                self._passed.clear()
            self._passed.add((names, kinds, numbers))


class Binding:
    """The arguments of one call, as they came and as they are computed with.

    Parameters
    ----------
    binder : Binder
    values : dict
        Values by name, as `Binder.bind` gives them.
    settings : Settings
    ranks : int
        Ranks that share the batch; 0 where it is not shared.
    host : Host, optional
        Where the arrays are computed; by default by their own library.
    """

    def __init__(
        self,
        binder: Binder,
        values: dict[str, Any],
        settings: Settings,
        ranks: int,
        host: Host | None,
    ):
        self.binder, self.values, self.host = binder, values, host
        self.name, self.arguments = binder.name, binder.arguments
        self.numbers = binder.numbers_among(values)
        """Names of the arguments that are no arrays in this call."""
        checker, casts = binder.checker, host is not None and host.casts
        self.first = checker.check_arrays(
            values, self.numbers, settings.check_finite, ranks=ranks, casts=casts
        )
        """The first array. The others have its library, dtype and device."""
        binder.check_numbers(values, self.numbers)
        if not arrays.is_taped():  # else they were checked by the call that is differentiated
            checker.check_indices(values)
        self.like = self.taken(self.first)
        self.xp = arrays.namespace(self.like)
        self.dtype = arrays.computing_dtype(self.like)
        self.device = arrays.device(self.like)
        try:
            arrays.check_precision(settings.precision, self.like, self.dtype)
        except ValueError as error:
            raise binder.fail(str(error)) from None
        if settings.repeatable and arrays.on_accelerator(self.like):
            text = "repeatable=True needs arrays in main memory, got arrays on a GPU"
            raise binder.fail(f"{text}, whose libraries choose the order of their sums")
        self._refused: Array | None = None
        """Whether arguments are not what their roles say, where some are not known yet."""
        self.inputs = self._inputs()
        """Arguments of the body by name."""
        if not arrays.is_numpy(self.xp):
            for wrong in mistakes(self.arguments.values(), values, checker.length):
                self.refuse_where(wrong)

    def running(self) -> contextlib.AbstractContextManager[Any]:
        """Context in which arrays of the host are computed."""
        return arrays.running(self.host)

    def taken(self, x: Array) -> Array:
        """An array of the caller's, as it is computed with."""
        return x if self.host is None else self.host.take(x)

    def result(self, x: Array, dtype: Any = None) -> Array:
        """A result as an array of the caller's library, in its own dtype or in another."""
        if self.host is not None:
            return self.host.give(x, dtype)
        return x if dtype is None or dtype == x.dtype else arrays.namespace(x).astype(x, dtype)

    def refuse_where(self, wrong: Array) -> None:
        """Make all results nan where this is true, as an error cannot depend on traced numbers."""
        self._refused = wrong if self._refused is None else self._refused | wrong

    def refuse_together(self, batch: Alone) -> None:
        """Refuse on all ranks what one of them refuses."""
        if self._refused is not None and batch is not ALONE:
            one_each = self.xp.astype(self._refused, self.dtype)
            self._refused = batch.sum(one_each) > 0

    def or_nan(self, x: Array) -> Array:
        """A result, or nan where traced arguments are refused."""
        if self._refused is None or not self.xp.isdtype(x.dtype, "real floating"):
            return x
        return self.xp.where(self._refused, self.xp.nan, x)

    def _inputs(self) -> dict[str, Any]:
        inputs = dict(self.values)
        for name, value in self.values.items():
            if value is None:
                continue
            argument = self.arguments[name]
            if name not in self.numbers:
                inputs[name] = self._array(argument, value)
            elif argument.kind == "scalar":
                inputs[name] = self._scalar(value)
            elif type(value) not in _OF_PYTHON:
                inputs[name] = self._option(argument, value)
        for name in self.binder.weights:
            if inputs[name] is not None:
                self._check_signs(inputs[name])
        for name in self.binder.bounded:
            if name not in self.numbers and inputs[name] is not None:
                self._check_interval(self.arguments[name], inputs[name])
        return inputs

    def _scalar(self, value: Any) -> Array:
        """A 0-d array of the dtype and on the device of the call."""
        if type(value) not in _OF_PYTHON and arrays.is_array(value):
            value = arrays.without_axes(arrays.detach(value))
            number = arrays.known(value)
            if number is None or arrays.is_taped():
                return self.xp.astype(value, self.dtype)
            value = number
        return self.xp.asarray(float(value), dtype=self.dtype, device=self.device)

    def _option(self, argument: Argument, value: Any) -> Any:
        """A Python number for a number, for an array would raise the dtype; or another value."""
        if argument.several:
            return tuple(map(arrays.plain, value))
        number = arrays.known(value) if argument.numeric else None
        if number is not None:
            return number
        return self.taken(value) if arrays.is_array(value) else value

    def _array(self, argument: Argument, value: Any) -> Array:
        """An array, or a tuple, in the dtype of the call; a sequence of views becomes one array."""
        if argument.kind == "list" and isinstance(value, (list, tuple)):
            return tuple([self._array(argument, t) for t in value])
        if argument.kind == "views" and isinstance(value, (list, tuple)):
            parts = [arrays.as_mapped(arrays.detach(self.taken(view))) for view in value]
            value = arrays.namespace(parts[0]).stack(parts, axis=0)
        else:
            value = self.taken(value)
        value = arrays.as_mapped(arrays.detach(value))
        if argument.role.dtype == "real floating" and value.dtype != self.dtype:
            value = arrays.namespace(value).astype(value, self.dtype)
        return value

    def _check_signs(self, weights: Array) -> None:
        if 0 in weights.shape:
            return
        least = arrays.known(self.xp.min(weights))
        if least is None:
            self.refuse_where(~self.xp.all((weights >= 0) & self.xp.isfinite(weights)))
        elif least < 0:
            raise self.binder.fail(f"weights must be non-negative, got {least:g}")

    def _check_interval(self, argument: Argument, numbers: Array) -> None:
        if 0 in numbers.shape:
            return
        extremes = self.xp.min(numbers), self.xp.max(numbers)
        if arrays.known(extremes[0]) is None:
            self.refuse_where(~self.xp.all(argument.role.holds(numbers)))
            return
        for extreme in extremes:
            self.binder.number_checker.check(argument, extreme)

    def differentiated(self, wrt: str | tuple[str, ...] | None) -> tuple[str, ...]:
        """Names of the arguments to differentiate."""
        fail, values = self.binder.fail, self.values
        possible = [name for name in self.binder.differentiable if values[name] is not None]
        if wrt is None:
            default = [name for name in possible if self.arguments[name].by_default]
            return tuple([name for name in default if name not in self.numbers])
        names = (wrt,) if isinstance(wrt, str) else wrt
        if not isinstance(names, (tuple, list)) or not all(isinstance(n, str) for n in names):
            text = f"wrt must be a name, or a tuple or list of names, got {arrays.describe(wrt)}"
            raise fail(text, TypeError)
        names = tuple(names)
        for name in names:
            if names.count(name) > 1:
                raise fail(f"wrt must hold each name once, got {name!r} twice")
            if name in possible:
                continue
            if name not in self.arguments:
                hint = near_matches(name, possible)
                raise fail(f"unknown argument {name!r} in wrt{hint}")
            what = "was not given" if self.arguments[name].differentiable else "has no gradient"
            raise fail(f"{name} in wrt {what}; possible: {', '.join(possible)}")
        if not names:
            raise fail(f"wrt must not be empty; possible: {', '.join(possible)}")
        return names

    def cotangent(self, g: Any, shape: tuple[int, ...]) -> Array:
        """A cotangent of a value of this shape, as it is computed with."""
        if type(g) is not float or shape:
            self.binder.checker.check_partner("the cotangent", "the value", g, shape, self.first)
            if not arrays.is_number(g) and arrays.same_library(g, self.first):
                g = arrays.as_mapped(arrays.detach(self.taken(g)))
                return g if g.dtype == self.dtype else self.xp.astype(g, self.dtype)
            g = arrays.known(g)  # of another library it is a single number
        return self.xp.asarray(g, dtype=self.dtype, device=self.device)

    def restored(self, name: str, grad: Any) -> Any:
        """A gradient in the dtype and the structure of its argument."""
        value = self.values[name]
        if name in self.numbers:
            one_axis = getattr(value, "ndim", 0) == 1
            return self.result(self.xp.reshape(grad, (1,)) if one_axis else grad)
        sequence = isinstance(value, (list, tuple))
        if self.arguments[name].kind == "list":
            pairs = zip(grad, value, strict=True)
            return tuple([arrays.loaded(self.result(g, t.dtype)) for g, t in pairs])
        grad = self.result(arrays.boxed(grad), (value[0] if sequence else value).dtype)
        grad = arrays.loaded(grad)
        if sequence and self.arguments[name].kind == "views":
            return tuple(grad[m, ...] for m in range(len(value)))
        return grad

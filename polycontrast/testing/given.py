"""The value and the gradients of a function that a user gives, in the forms that people write."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

from polycontrast import arrays
from polycontrast.objective import name_of

FORMS = (
    "an objective, a function that returns (value, gradients), a function that returns a value "
    "together with grad=, or a callable with a method value_and_grad"
)


class GivenFunction:
    """A function at the inputs where it is checked.

    Parameters
    ----------
    function : callable
        One of the forms of `check_gradient`.
    inputs : sequence
        Its positional arguments.
    params : dict
        Its arguments by name.
    wrt : str or tuple of str, optional
        Names of the arguments to check.
    grad : callable, optional
        The gradients, for a function that returns its value only.

    Raises
    ------
    TypeError
        When it is no such function, or does not take these arguments.
    """

    def __init__(
        self,
        function: Any,
        inputs: Iterable[Any],
        params: Mapping[str, Any],
        wrt: str | tuple[str, ...] | None,
        grad: Callable[..., Any] | None,
    ):
        if not callable(function):
            raise TypeError(
                f"check_gradient: objective must be {FORMS}; got {arrays.describe(function)}"
            )
        if not (grad is None or callable(grad)):
            got = arrays.describe(grad)
            raise TypeError(f"check_gradient: grad must be a function of the gradients, got {got}")
        self.function, self.inputs, self.grad = function, list(inputs), grad
        self.params = dict(params)
        self.name, self.wrt = name_of(function), wrt
        self._pairs = grad is None and not hasattr(function, "value_and_grad")
        self._defaults: dict[str, Any] = {}
        self.names = self._read_signature()

    def value(self, name: str | None = None, changed: Any = None) -> Any:
        """Value where one argument is changed: one number, of any library."""
        inputs, params = list(self.inputs), dict(self.params)
        if name in self.names:
            inputs[self.names.index(name)] = changed
        elif name is not None:
            params[name] = changed
        out = self.function(*inputs, **params)
        return self._number(self._pair(out)[0] if self._pairs else out)

    def value_and_gradients(self) -> tuple[Any, dict[str, tuple[Any, Any]]]:
        """Value, and for each argument to check, by name, the argument and its gradient."""
        if self.grad is not None:
            value, found = self.value(), self.grad(*self.inputs, **self._with_wrt(self.grad))
            source = "grad"
        elif self._pairs:
            value, found = self._pair(self.function(*self.inputs, **self._with_wrt(self.function)))
            source = self.name
        else:
            source, given = "value_and_grad", {} if self.wrt is None else {"wrt": self.wrt}
            out = self.function.value_and_grad(*self.inputs, **self.params, **given)
            value, found = self._pair(out, "value_and_grad")
        grads = self._wanted(self._by_name(found, source), source)
        arguments = {name: (self.argument(name), grad) for name, grad in grads.items()}
        for name, (argument, grad) in arguments.items():
            self._check(name, argument, grad)
        return self._number(value), arguments

    def argument(self, name: str) -> Any:
        """An argument that was given, or its default."""
        known = self._defaults | self.by_name
        if name in known:
            return known[name]
        self._fail(f"{name!r} is no argument of {self.name}; those are {', '.join(known)}")

    @property
    def by_name(self) -> dict[str, Any]:
        """The arguments that were given, by name."""
        return dict(zip(self.names, self.inputs, strict=True)) | self.params

    def _fail(self, message: str, kind: type[Exception] = ValueError) -> NoReturn:
        raise kind(f"check_gradient: {message}")

    def _read_signature(self) -> list[str]:
        """Names of the positional arguments; defaults of the others are kept."""
        try:
            signature = inspect.signature(self.function)
        except ValueError:  # a function of a C extension
            return [f"inputs[{k}]" for k in range(len(self.inputs))]
        try:
            bound = signature.bind(*self.inputs, **self.params)
        except TypeError as error:
            self._fail(f"{self.name}: {error}", TypeError)
        names: list[str] = []
        for name, parameter in signature.parameters.items():
            if parameter.default is not parameter.empty:
                self._defaults[name] = parameter.default
            if parameter.kind is parameter.VAR_POSITIONAL:
                names += [f"{name}[{k}]" for k in range(len(bound.arguments.get(name, ())))]
            elif name in bound.arguments and parameter.kind is not parameter.VAR_KEYWORD:
                names.append(name)
        return names[: len(self.inputs)]

    def _with_wrt(self, function: Callable[..., Any]) -> dict[str, Any]:
        """Named arguments of a call, with wrt where the function takes it."""
        try:
            takes = "wrt" in inspect.signature(function).parameters
        except ValueError:
            takes = False
        return {**self.params, "wrt": self.wrt} if takes and self.wrt is not None else self.params

    def _pair(self, out: Any, source: str | None = None) -> tuple[Any, Any]:
        """Value and gradients of what a function returned."""
        if isinstance(out, (tuple, list)) and len(out) == 2:
            return out[0], out[1]
        several = isinstance(out, (tuple, list))
        got = f"{len(out)} items" if several else _described(out)
        wanted = "(value, gradients), with all gradients in one tuple, dict or named tuple"
        hint = "" if source else ". Of a function that returns its value only, give grad= as well"
        self._fail(
            f"{source or self.name} must return {wanted}; it returned {got}{hint}", TypeError
        )

    def _number(self, value: Any) -> Any:
        shape = getattr(value, "shape", None)
        if shape is not None and tuple(shape) == ():
            return value
        if shape is None and arrays.is_number(value):
            return value
        wanted = "must be one number, such as the mean of the losses"
        self._fail(f"the value of {self.name} {wanted}; it is {_described(value)}", TypeError)

    def _by_name(self, grads: Any, source: str) -> dict[str, Any]:
        """Gradients by argument, from any of their forms."""
        if isinstance(grads, dict):
            return grads
        if hasattr(grads, "_asdict"):
            return dict(grads._asdict())
        floating = [n for n, x in zip(self.names, self.inputs, strict=True) if _is_floating(x)]
        orders = [self.names, floating] if self.wrt is None else [_named(self.wrt), self.names]
        if isinstance(grads, (tuple, list)):
            for names in orders:
                if len(names) == len(grads):
                    return dict(zip(names, grads, strict=True))
        alone = [names[0] for names in orders if len(names) == 1]
        if alone and grads is not None:  # also a list, of one argument that is a list of views
            return {alone[0]: grads}
        got = f"{len(grads)}" if isinstance(grads, (tuple, list)) else _described(grads)
        wanted = f"one gradient for each of {', '.join(orders[0])}"
        self._fail(f"{source} must return {wanted}, in a tuple or by name; it returned {got}")

    def _wanted(self, grads: dict[str, Any], source: str) -> dict[str, Any]:
        """The gradients of `wrt`, or all that exist."""
        if self.wrt is not None:
            lacking = [name for name in _named(self.wrt) if grads.get(name) is None]
            if lacking:
                self._fail(f"{source} returned no gradient of {lacking[0]}, which wrt names")
            return {name: grads[name] for name in _named(self.wrt)}
        for name, grad in grads.items():
            if grad is None and _is_floating(self.argument(name)):
                self._fail(
                    f"{source} returned None as the gradient of {name}; name the arguments to "
                    "check in wrt="
                )
        return {name: grad for name, grad in grads.items() if grad is not None}

    def _check(self, name: str, argument: Any, grad: Any) -> None:
        """Refuse a gradient of another shape than that of its argument."""
        if isinstance(argument, (list, tuple)):
            count = len(grad) if hasattr(grad, "__len__") else None
            if count != len(argument):
                got = _described(grad) if count is None else f"{count}"
                self._fail(f"{name} is {len(argument)} arrays, but its gradient is {got}")
            for k, (part, part_grad) in enumerate(zip(argument, grad, strict=True)):
                self._check(f"{name}[{k}]", part, part_grad)
            return
        if not (_is_floating(argument) or arrays.is_number(argument)):
            wanted = "a floating array, a number or a sequence of these, to be checked"
            self._fail(f"{name} must be {wanted}; it is {_described(argument)}", TypeError)
        try:
            shape = arrays.to_float64(grad).shape
        except (TypeError, ValueError):
            text = f"the gradient of {name} must be an array or a number"
            self._fail(f"{text}; it is {_described(grad)}", TypeError)
        wanted_shape = arrays.to_float64(argument).shape
        if shape != wanted_shape:
            text = f"the gradient of {name} has the shape {shape}, but {name} has {wanted_shape}"
            self._fail(text)


def _named(wrt: str | tuple[str, ...]) -> list[str]:
    return [wrt] if isinstance(wrt, str) else list(wrt)


def _is_floating(x: Any) -> bool:
    if isinstance(x, (list, tuple)):
        return bool(x) and all(map(_is_floating, x))
    return isinstance(x, float) or (arrays.is_array(x) and "float" in str(x.dtype))


def _described(x: Any) -> str:
    if hasattr(x, "shape") and hasattr(x, "dtype"):
        return f"an array {tuple(x.shape)} of {x.dtype}"
    return "None" if x is None else f"a {type(x).__name__}"

"""An objective: a pure function that returns its losses and their pullback, made callable."""

import functools
import inspect
import math
from collections import namedtuple
from collections.abc import Callable, Iterable
from typing import Any

from polycontrast import arrays
from polycontrast.arrays import Array
from polycontrast.distributed import RankError
from polycontrast.objective import registry, settings, sharding
from polycontrast.objective.adapters import adapter_of
from polycontrast.objective.arguments import Argument, BadArgument, Checker, read_signature

Back = Callable[[Array], dict[str, Array]]


def objective(
    *,
    family: str,
    formula: str,
    source: str,
    cases: Iterable[dict[str, Any]] = (),
    invariances: Iterable[str] = (),
    exact: dict[str, Any] | None = None,
    shards: bool = False,
) -> Callable[[Callable[..., tuple[Array, Back]]], "Objective"]:
    r"""Turn ``body(arrays, *, parameters) -> (losses, back)`` into an objective and register it.

    The body gets arrays that were checked, in the dtype to compute with, views as one stack
    (M, B, D), and differentiable scalars as 0-d arrays. It returns its losses and ``back``, which
    takes a cotangent of the shape of the losses and returns a dict with the gradient of every
    differentiable argument. Where the signature has ``reduction`` the losses are those of the
    anchors, and reducing them, with ``weights`` if the signature has those, is done here. A third
    item, a boolean array or None, says which of the losses exist: the others are 0 and count in no
    average.

    Parameters
    ----------
    family : str
        Room of the loss.
    formula : str
        LaTeX, for the catalogue.
    source : str
        Authors, year, arXiv number.
    cases : iterable of dict
        Parameters that the tests vary from the defaults; for an array argument the dims to make.
    exact : dict, optional
        Parameters that every test sets, for objectives that are otherwise approximate.
    invariances : iterable of str
        What leaves the value unchanged: ``"sample_permutation"``, ``"view_permutation"``,
        ``"rotation"``, ``"row_scale"``, ``"swap"``, ``"translation"``.
    shards : bool, default False
        Whether ranks may share the batch (``comm=``): the body works across samples through
        `Similarity` and `whole_batch` alone.
    """

    def decorate(body: Callable[..., tuple[Array, Back]]) -> Objective:
        tested = tuple((exact or {}) | case for case in ({}, *cases))
        made = Objective(body, family, formula, source, tested, frozenset(invariances), shards)
        registry.register(made)
        return made

    return decorate


@functools.cache
def _grads_type(names: tuple[str, ...]) -> Any:
    return namedtuple("Grads", names)


def _plain_signature(body: Callable[..., Any]) -> inspect.Signature:
    """Names, order and defaults: what a reader of ``help`` wants; roles are in the docstring."""
    signature, empty = inspect.signature(body), inspect.Parameter.empty
    plain = [p.replace(annotation=empty) for p in signature.parameters.values()]
    return signature.replace(parameters=plain, return_annotation=empty)


class Objective:
    """A registered objective: call it for the value, or ask for gradients too."""

    def __init__(
        self,
        body: Callable[..., tuple[Array, Back]],
        family: str,
        formula: str,
        source: str,
        cases: tuple[dict[str, Any], ...],
        invariances: frozenset[str],
        shards: bool = False,
    ):
        functools.update_wrapper(self, body)
        self.name = body.__name__
        self.family, self.formula, self.source = family, formula, source
        self.cases, self.invariances, self.shards = cases, invariances, shards
        self.signature = self.__signature__ = _plain_signature(body)
        self.arguments: dict[str, Argument] = read_signature(body)
        self.summary = (inspect.getdoc(body) or "").partition("\n")[0]
        self._body = body
        self._checker = Checker(self.name, self.arguments)

    def __repr__(self) -> str:
        return f"<objective {self.name}{self.signature}>"

    def __reduce__(self) -> Any:
        return registry.find, (self.name,)

    def __call__(self, *args: Any, **kwargs: Any) -> Array:
        """Value of the objective, in the namespace and on the device of its arrays."""
        adapter = adapter_of(args, kwargs)
        if adapter is not None:
            return adapter(self, args, kwargs)
        return _Call(self, args, kwargs).value

    def check_parameters(self, names: Iterable[str]) -> None:
        """Refuse names that are neither parameters nor options of execution."""
        known = (*self.arguments, *settings.SETTING_NAMES)
        for name in names:
            if name not in known:
                hint = registry.near_matches(name, known)
                raise self._checker.fail(f"unknown parameter {name!r}{hint}", TypeError)

    def value_and_grad(
        self, *args: Any, wrt: str | tuple[str, ...] | None = None, **kwargs: Any
    ) -> tuple[Array, Any]:
        """Value and gradient.

        Parameters
        ----------
        *args, **kwargs
            As in the call itself.
        wrt : str or tuple of str, optional
            Arguments to differentiate. Default: every floating array that was given.

        Returns
        -------
        value : 0-d array
        grads : named tuple
            One field an argument, in the order of `wrt`, shaped like the argument.
        """
        call = _Call(self, args, kwargs)
        names = call.differentiated(wrt)
        if call.value.ndim != 0:
            raise self._checker.fail(
                f"value_and_grad needs a 0-d value, got shape {tuple(call.value.shape)}; use vjp"
            )
        return call.value, call.pull(1.0, names)

    def vjp(
        self, *args: Any, wrt: str | tuple[str, ...] | None = None, **kwargs: Any
    ) -> tuple[Array, Callable[[Any], Any]]:
        """Value and vector-Jacobian product.

        Parameters
        ----------
        *args, wrt, **kwargs
            As in `value_and_grad`.

        Returns
        -------
        value : array
            Of any shape: ``reduction="none"`` is welcome.
        back : callable
            Takes a cotangent of the shape of `value`, returns gradients as `value_and_grad` does.
            It may be called more than once.
        """
        call = _Call(self, args, kwargs)
        names = call.differentiated(wrt)
        return call.value, lambda cotangent: call.pull(cotangent, names)


class _Call:
    """One evaluation: arguments checked and converted, losses reduced, pullback kept."""

    def __init__(self, objective: Objective, args: tuple[Any, ...], kwargs: dict[str, Any]):
        self.objective, self.checker = objective, objective._checker
        try:
            options, kwargs = settings.split_settings(kwargs)
            bound = objective.signature.bind(*args, **kwargs)
        except (TypeError, ValueError) as error:
            raise self.checker.fail(str(error), type(error)) from None
        bound.apply_defaults()
        self.given = bound.arguments
        self.weights = self.exist = None
        comm = failure = None
        try:
            comm = sharding.communicator(objective.name, objective.shards, options.comm)
        except (TypeError, ValueError) as error:
            raise self.checker.fail(str(error), type(error)) from None
        try:
            converted = self._check(options, comm is not None)
        except (TypeError, ValueError) as error:
            failure = error  # the other ranks, if there are any, are told before it is raised
        try:
            self.batch, inner = sharding.meet(
                objective.name, objective.arguments, self.given, options, comm, failure
            )
        except RankError as error:
            raise self.checker.fail(str(error), RankError) from None
        self.averaged = comm is not None and options.gradients == "average"
        reducing = "reduction" in objective.arguments
        for name, argument in objective.arguments.items():
            if argument.kind == "weights":
                self._check_total(converted[name])
                self.weights = converted[name] if reducing else None
        with settings.using(inner):
            try:
                made = objective._body(**converted)
            except BadArgument as error:
                raise self.checker.fail(str(error)) from None
        self.losses, self.body_back = made[:2]
        if len(made) > 2 and made[2] is not None:
            self._count_only(made[2])
        self.reduction = self.given["reduction"] if reducing else "none"
        self.value = self._reduce()

    def _check(self, options: settings.Settings, may_be_empty: bool) -> dict[str, Any]:
        """Check the arguments on their own, then convert them."""
        arguments = self.objective.arguments
        self.first = self.checker.check_arrays(self.given, options.check_finite, may_be_empty)
        for name, argument in arguments.items():
            if argument.is_number(self.given[name]):
                self.checker.check_number(argument, self.given[name])
        self.xp = arrays.namespace(self.first)
        self.dtype = arrays.computing_dtype(self.first)
        self.device = arrays.device(self.first)
        converted = {name: self._convert(arguments[name]) for name in self.given}
        for name, argument in arguments.items():
            if argument.kind == "weights" and converted[name] is not None:
                self._check_signs(converted[name])
            if argument.kind == "scalar" and not argument.is_number(self.given[name]):
                self._check_interval(argument, converted[name])
        return converted

    def _convert(self, argument: Argument) -> Any:
        value = self.given[argument.name]
        if value is None:
            return None
        if argument.kind == "scalar" and argument.is_number(value):
            if arrays.is_array(value):
                value = arrays.detach(value)
                number = arrays.known(value)
                if number is None or arrays.is_taped():
                    return self.xp.astype(value, self.dtype)
                value = number
            return self.xp.asarray(float(value), dtype=self.dtype, device=self.device)
        if not argument.is_array:
            return value
        if argument.kind == "views" and isinstance(value, (list, tuple)):
            value = self.xp.stack([arrays.detach(view) for view in value], axis=0)
        value = arrays.detach(value)
        if argument.role.dtype == "real floating" and value.dtype != self.dtype:
            value = self.xp.astype(value, self.dtype)
        return value

    def _check_signs(self, weights: Array) -> None:
        least = None if 0 in weights.shape else arrays.known(self.xp.min(weights))
        if least is not None and least < 0:
            raise self.checker.fail(f"weights must be non-negative, got {least:g}")

    def _check_interval(self, argument: Argument, numbers: Array) -> None:
        for extreme in () if 0 in numbers.shape else (self.xp.min, self.xp.max):
            self.checker.check_number(argument, extreme(numbers))

    def _check_total(self, weights: Array | None) -> None:
        if weights is not None and arrays.known(self.batch.sum(self.xp.sum(weights))) == 0:
            raise self.checker.fail("weights must not all be zero")

    def _count_only(self, exist: Array) -> None:
        """Give losses that do not exist the weight 0."""
        ones, zeros = self.xp.ones_like(self.losses), self.xp.zeros_like(self.losses)
        self.losses = self.xp.where(exist, self.losses, zeros)
        self.weights = self.xp.where(exist, ones if self.weights is None else self.weights, zeros)
        self.exist = exist

    def _reduce(self) -> Array:
        losses, xp = self.losses, self.xp
        if self.weights is not None:
            losses = losses * self.weights
        if self.reduction == "none":
            return losses
        total = self.batch.sum(xp.sum(losses))
        if self.reduction == "sum":
            return total
        self.count = self._count()
        return total / self.count

    def _count(self) -> Any:
        """Losses of all ranks, or the sum of their weights."""
        if self.weights is not None:
            total = self.batch.sum(self.xp.sum(self.weights))
            return self.xp.where(total == 0, self.xp.ones_like(total), total)
        return self.batch.add_up(math.prod(self.losses.shape))

    def differentiated(self, wrt: str | tuple[str, ...] | None) -> tuple[str, ...]:
        """Names of the arguments to differentiate."""
        arguments = self.objective.arguments
        possible = [
            name
            for name, a in arguments.items()
            if a.differentiable and self.given[name] is not None
        ]
        if wrt is None:
            return tuple(n for n in possible if not arguments[n].is_number(self.given[n]))
        names = (wrt,) if isinstance(wrt, str) else tuple(wrt)
        for name in names:
            if name in possible:
                continue
            if name not in arguments:
                hint = registry.near_matches(name, possible)
                raise self.checker.fail(f"unknown argument {name!r} in wrt{hint}")
            what = "was not given" if arguments[name].differentiable else "has no gradient"
            raise self.checker.fail(f"{name} in wrt {what}; possible: {', '.join(possible)}")
        if not names:
            raise self.checker.fail(f"wrt must not be empty; possible: {', '.join(possible)}")
        return names

    def pull(self, cotangent: Any, names: tuple[str, ...]) -> Any:
        """Gradients of the named arguments for a cotangent of the value."""
        g = self._cotangent(cotangent)
        per_loss, weight_grad = self._unreduce(g)
        grads = dict(self.body_back(per_loss))
        if weight_grad is not None:
            grads["weights"] = weight_grad
        if self.averaged:
            for name in names:
                shard = sharding.is_shard(self.objective.arguments[name], self.given[name])
                grads[name] = sharding.combined(self.batch, grads[name], shard)
        return _grads_type(names)(*(self._restore(name, grads[name]) for name in names))

    def _cotangent(self, cotangent: Any) -> Array:
        if isinstance(cotangent, (int, float)):
            cotangent = self.xp.asarray(float(cotangent), dtype=self.dtype, device=self.device)
        if tuple(cotangent.shape) != tuple(self.value.shape):
            got = f"{tuple(cotangent.shape)} for a value of shape {tuple(self.value.shape)}"
            raise self.checker.fail(f"the cotangent must have the shape of the value, got {got}")
        cotangent = arrays.detach(cotangent)
        same = cotangent.dtype == self.dtype
        return cotangent if same else self.xp.astype(cotangent, self.dtype)

    def _unreduce(self, g: Array) -> tuple[Array, Array | None]:
        """Cotangent of the single losses, and the gradient of the weights if there are any."""
        xp, w, losses = self.xp, self.weights, self.losses
        if self.reduction == "mean":
            g = g / self.count
        if w is None:
            return (g if g.ndim == losses.ndim else xp.zeros_like(losses) + g), None
        # mean: L = sum(w l) / sum(w), so dL/dw = (l - L) / sum(w).
        centre = self.value if self.reduction == "mean" else xp.zeros_like(self.value)
        weight_grad = g * (losses - centre)
        if self.exist is not None:
            weight_grad = xp.where(self.exist, weight_grad, xp.zeros_like(losses))
        return g * w, weight_grad

    def _restore(self, name: str, grad: Array) -> Any:
        """Give a gradient the dtype and the structure of its argument."""
        argument, value = self.objective.arguments[name], self.given[name]
        if argument.is_number(value):
            return grad
        sequence = isinstance(value, (list, tuple))
        dtype = self.first.dtype if sequence else value.dtype
        if grad.dtype != dtype:
            grad = self.xp.astype(grad, dtype)
        if argument.kind == "views" and sequence:
            return tuple(grad[m, ...] for m in range(len(value)))
        return grad

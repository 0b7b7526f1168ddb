"""One evaluation of an objective: arguments checked, losses reduced, gradients restored."""

import contextlib
import math
from typing import TYPE_CHECKING, Any

from polycontrast import arrays
from polycontrast.arrays import Array, Host
from polycontrast.context import (
    Diagnostics,
    Promise,
    Settings,
    Watch,
    current,
    current_settings,
    in_progress,
    split_settings,
)
from polycontrast.distributed import ALONE
from polycontrast.objective import registry, sharding
from polycontrast.objective.arguments import Argument
from polycontrast.objective.checking import BadArgument
from polycontrast.objective.fields import fields_type

if TYPE_CHECKING:
    from polycontrast.objective.call import Objective


def _is_one(cotangent: Any) -> bool:
    """True for what is known to be 1 without waiting for any device."""
    known = arrays.is_number(cotangent) or arrays.is_numpy(arrays.namespace(cotangent))
    return known and arrays.known(cotangent) == 1


class Evaluation:
    """One evaluation: arguments checked and converted, losses reduced, pullback kept.

    Parameters
    ----------
    objective : Objective
    args, kwargs
        Those of the call.
    pulling : bool, default False
        Whether gradients will be asked for.
    diagnosing : bool, default False
        Whether diagnostics are collected.
    wrt : str or tuple of str, optional
        What to differentiate, as in `Objective.vjp`.
    at_once : bool, default False
        Whether gradients follow without another meeting of the ranks.
    host : Host, optional
        Where the arrays are computed; by default by their own library.
    """

    @arrays.quiet
    def __init__(
        self,
        objective: "Objective",
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        pulling: bool = False,
        diagnosing: bool = False,
        wrt: str | tuple[str, ...] | None = None,
        at_once: bool = False,
        host: Host | None = None,
    ):
        self.objective, self.checker, self.host = objective, objective._checker, host
        self.weights = self.exist = None
        self.promise: Promise | None = None
        comm = kwargs.get("comm", current_settings().comm)
        try:
            self.batch = sharding.batch_of(objective.name, comm)
        except (TypeError, ValueError) as error:
            raise self.checker.fail(str(error), type(error)) from None
        self.meets = self.batch is not ALONE and self.batch is not comm
        with sharding.told(self.batch):
            options, converted = self._prepare(args, kwargs)
            self.averaged = self.batch is not ALONE and options.gradients == "average"
            self.names = self.differentiated(wrt) if pulling else ()
            if self.meets:
                request = f"value and gradient by {', '.join(self.names)}" if at_once else "value"
                request += " with diagnostics" if diagnosing else ""
                options = sharding.expect(self, request, converted, options)
            self._compute(converted, options, pulling, Watch(self.batch) if diagnosing else None)
            if self.meets:
                self.batch.meet()  # where the body had nothing to ask of the other ranks

    def _prepare(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[Settings, dict[str, Any]]:
        """Settings of the call, and its arguments as the body gets them."""
        try:
            options, kwargs = split_settings(kwargs)
            self.given = arrays.beside_tracers(self.objective.bind(args, kwargs))
            sharding.check_shards(self.objective.shards, self.batch)
        except (TypeError, ValueError) as error:
            raise self.checker.fail(str(error), type(error)) from None
        return options, self._check(options)

    def _compute(
        self,
        converted: dict[str, Any],
        options: Settings,
        pulling: bool,
        watch: Watch | None,
    ) -> None:
        """Losses, value, and what gradients need."""
        arguments, alone = self.objective.arguments, self.batch is ALONE
        reducing = "reduction" in arguments
        for name, argument in arguments.items():
            if argument.kind == "weights":
                if not self.meets:
                    self._check_total(converted[name])
                self.weights = converted[name] if reducing else None
        self.reduction = self.given["reduction"] if reducing else "none"
        if pulling and alone and (self.reduction != "none" or not reducing):
            self.promise = Promise(self.reduction == "mean", self.weights)
        self.workers = options.workers
        call = current()._replace(settings=options, promise=self.promise, watch=watch)
        with arrays.computing(self.like, self.workers), in_progress(call):
            try:
                made = self.objective._body(**converted)
            except BadArgument as error:
                raise self.checker.fail(str(error)) from None
            self.diagnostics = self._diagnose(watch)
        self.losses, self.body_back = made[:2]
        if len(made) > 2 and made[2] is not None:
            self._count_only(made[2])
        self.reduced = self._reduce()
        self.value = self.result(arrays.loaded(self.reduced))

    def _diagnose(self, watch: Watch | None) -> Diagnostics | None:
        if watch is None:
            return None
        if not watch.sides:
            raise self.checker.fail(
                "diagnostics=True is for losses whose anchors have one match and negatives that "
                "the walk over tiles meets"
            )
        found = watch.diagnostics(normalized=self.given.get("normalize") is True)
        return Diagnostics(*(None if t is None else self.result(t) for t in found))

    def at_work(self) -> contextlib.AbstractContextManager[Any]:
        """Context in which what was borrowed is used."""
        return contextlib.nullcontext() if self.host is None else self.host.at_work()

    def borrowed(self, x: Array) -> Array:
        """An array of the caller's, as it is computed with."""
        return x if self.host is None else self.host.borrow(x)

    def result(self, x: Array, dtype: Any = None) -> Array:
        """A result as an array of the caller's library, in its own dtype or in the given one."""
        if self.host is not None:
            return self.host.give_back(x, dtype)
        return x if dtype in (None, x.dtype) else arrays.namespace(x).astype(x, dtype)

    def _check(self, options: Settings) -> dict[str, Any]:
        """Check the arguments on their own, then convert them."""
        arguments = self.objective.arguments
        self.first = self.checker.check_arrays(
            self.given,
            options.check_finite,
            ranks=0 if self.batch is ALONE else self.batch.size,
            casts=self.host is not None and self.host.casts,
        )
        for name, argument in arguments.items():
            if argument.is_number(self.given[name]):
                self.checker.check_number(argument, self.given[name])
        self.like = self.borrowed(self.first)
        self.xp = arrays.namespace(self.like)
        self.dtype = arrays.computing_dtype(self.like)
        self.device = arrays.device(self.like)
        try:
            arrays.check_precision(options.precision, self.like, self.dtype)
        except ValueError as error:
            raise self.checker.fail(str(error)) from None
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
                value = arrays.without_axes(arrays.detach(value))
                number = arrays.known(value)
                if number is None or arrays.is_taped():
                    return self.xp.astype(value, self.dtype)
                value = number
            return self.xp.asarray(float(value), dtype=self.dtype, device=self.device)
        if not argument.is_array:
            # An array among the parameters would raise the dtype, as NumPy's numbers did.
            number = arrays.known(value) if argument.numeric and type(value) is not int else None
            if number is None:
                return self.borrowed(value) if arrays.is_array(value) else value
            return number
        if argument.kind == "views" and isinstance(value, (list, tuple)):
            parts = [arrays.as_mapped(arrays.detach(self.borrowed(view))) for view in value]
            value = arrays.namespace(parts[0]).stack(parts, axis=0)
        else:
            value = self.borrowed(value)
        value = arrays.as_mapped(arrays.detach(value))
        if argument.role.dtype == "real floating" and value.dtype != self.dtype:
            value = arrays.namespace(value).astype(value, self.dtype)
        return value

    def _check_signs(self, weights: Array) -> None:
        least = None if 0 in weights.shape else arrays.known(self.xp.min(weights))
        if least is not None and least < 0:
            raise self.checker.fail(f"weights must be non-negative, got {least:g}")

    def _check_interval(self, argument: Argument, numbers: Array) -> None:
        for extreme in () if 0 in numbers.shape else (self.xp.min, self.xp.max):
            self.checker.check_number(argument, extreme(numbers))

    def _check_total(self, weights: Array | None) -> None:
        if weights is None:
            return
        total = arrays.known(self.batch.sum(self.xp.sum(weights)))
        if total == 0:
            raise self.checker.fail("weights must not all be zero")
        if total == math.inf:
            raise self.checker.fail("weights must have a finite sum, got inf")

    def _count_only(self, exist: Array) -> None:
        """Give losses that do not exist the weight 0."""
        ones, zeros = self.xp.ones_like(self.losses), self.xp.zeros_like(self.losses)
        self.losses = self.xp.where(exist, self.losses, zeros)
        self.weights = self.xp.where(exist, ones if self.weights is None else self.weights, zeros)
        self.exist = exist

    def _reduce(self) -> Array:
        losses, weights, xp = self.losses, self.weights, self.xp
        if self.reduction == "mean":
            self.count = self._count()
            if weights is not None:
                # Shares, and not the sum of products over that of weights: large weights overflow.
                return self.batch.sum(xp.sum(losses * (weights / self.count)))
        if weights is not None:
            losses = losses * weights
        if self.reduction == "none":
            return losses
        total = self.batch.sum(xp.sum(losses))
        return total / self.count if self.reduction == "mean" else total

    def _count(self) -> Any:
        """Losses of all ranks, or the sum of their weights."""
        if self.weights is not None:
            total = self.batch.sum(self.xp.sum(self.weights))
            return self.xp.where(total == 0, 1.0, total)
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
        names = (wrt,) if isinstance(wrt, str) else wrt
        if not isinstance(names, (tuple, list)) or not all(isinstance(n, str) for n in names):
            text = f"wrt must be a name, or a tuple or list of names, got {arrays.describe(wrt)}"
            raise self.checker.fail(text, TypeError)
        names = tuple(names)
        for name in names:
            if names.count(name) > 1:
                raise self.checker.fail(f"wrt must hold each name once, got {name!r} twice")
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

    def back(self, cotangent: Any) -> Any:
        """Pull of the names of this evaluation, about which ranks meet first."""
        if not self.meets:
            return self.pull(cotangent, self.names)
        self.batch.meet_again()
        with sharding.told(self.batch):
            with self.at_work():
                sharding.expect_back(self, self._cotangent(cotangent))
            grads = self.pull(cotangent, self.names)
            self.batch.meet()
        return grads

    @arrays.quiet
    def pull(self, cotangent: Any, names: tuple[str, ...]) -> Any:
        """Gradients of the named arguments for a cotangent of the value."""
        with self.at_work():
            return self._pull(cotangent, names)

    def _pull(self, cotangent: Any, names: tuple[str, ...]) -> Any:
        g = self._cotangent(cotangent)
        per_loss, weight_grad = self._unreduce(g)
        promised = None if self.promise is None else self.promise.cotangent
        with arrays.computing(self.like, self.workers):
            grads = dict(self.body_back(per_loss if promised is None else promised))
        if promised is not None and not _is_one(cotangent):
            grads = {name: g * grads[name] for name in names if name in grads}
        if weight_grad is not None:
            grads["weights"] = weight_grad
        if self.averaged:
            for name in names:
                shard = sharding.is_shard(self.objective.arguments[name], self.given[name])
                grads[name] = sharding.combined(self.batch, grads[name], shard)
        grads_type = fields_type("Grads", names)
        return grads_type(*(self._restore(name, grads[name]) for name in names))

    def _cotangent(self, cotangent: Any) -> Array:
        check = self.checker.check_partner
        check("the cotangent", "the value", cotangent, tuple(self.value.shape), self.first)
        other = not arrays.is_number(cotangent) and not arrays.same_library(cotangent, self.first)
        if other or arrays.is_number(cotangent):  # of another library it is a single number
            number = arrays.known(cotangent)
            return self.xp.asarray(number, dtype=self.dtype, device=self.device)
        cotangent = arrays.as_mapped(arrays.detach(self.borrowed(cotangent)))
        same = cotangent.dtype == self.dtype
        return cotangent if same else self.xp.astype(cotangent, self.dtype)

    def _unreduce(self, g: Array) -> tuple[Array, Array | None]:
        """Cotangent of the single losses, and the gradient of the weights if there are any."""
        xp, w, losses = self.xp, self.weights, self.losses
        mean = self.reduction == "mean"
        of_losses = g if w is None else g * (w / self.count if mean else w)
        if mean:
            g = g / self.count
        if w is None:
            return (g if g.ndim == losses.ndim else xp.zeros_like(losses) + g), None
        # mean: L = sum(w l) / sum(w), so dL/dw = (l - L) / sum(w).
        centre = self.reduced if mean else xp.zeros_like(self.reduced)
        weight_grad = g * (losses - centre)
        if self.exist is not None:
            weight_grad = xp.where(self.exist, weight_grad, 0.0)
        return of_losses, weight_grad

    def _restore(self, name: str, grad: Array) -> Any:
        """Give a gradient the dtype and the structure of its argument."""
        argument, value = self.objective.arguments[name], self.given[name]
        if argument.is_number(value):
            one_axis = getattr(value, "ndim", 0) == 1
            return self.result(self.xp.reshape(grad, (1,)) if one_axis else grad)
        sequence = isinstance(value, (list, tuple))
        grad = arrays.loaded(self.result(grad, (value[0] if sequence else value).dtype))
        if argument.kind == "views" and sequence:
            return tuple(grad[m, ...] for m in range(len(value)))
        return grad

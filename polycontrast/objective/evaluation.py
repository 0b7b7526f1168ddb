"""One evaluation of an objective: arguments checked, losses reduced, gradients restored."""

import math
from collections import namedtuple
from functools import cache
from typing import TYPE_CHECKING, Any

from polycontrast import arrays
from polycontrast.arrays import Array
from polycontrast.distributed import RankError
from polycontrast.objective import registry, settings, sharding
from polycontrast.objective.arguments import Argument
from polycontrast.objective.checking import BadArgument
from polycontrast.objective.diagnosis import Diagnostics, Watch, watched_by
from polycontrast.objective.expectation import Expectation, expecting

if TYPE_CHECKING:
    from polycontrast.objective.call import Objective


@cache
def _grads_type(names: tuple[str, ...]) -> Any:
    return namedtuple("Grads", names)


def _is_one(cotangent: Any) -> bool:
    """True for what is known to be 1 without waiting for any device."""
    known = isinstance(cotangent, (int, float)) or arrays.is_numpy(arrays.namespace(cotangent))
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
    watch : Watch, optional
        What collects diagnostics.
    """

    @arrays.quiet
    def __init__(
        self,
        objective: "Objective",
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        pulling: bool = False,
        watch: Watch | None = None,
    ):
        self.objective, self.checker = objective, objective._checker
        try:
            options, kwargs = settings.split_settings(kwargs)
            self.given = objective.bind(args, kwargs)
        except (TypeError, ValueError) as error:
            raise self.checker.fail(str(error), type(error)) from None
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
        self.reduction = self.given["reduction"] if reducing else "none"
        self.expected = None
        if pulling and comm is None and (self.reduction != "none" or not reducing):
            self.expected = Expectation(self.reduction == "mean", self.weights)
        with settings.using(inner), expecting(self.expected), watched_by(watch):
            try:
                made = objective._body(**converted)
            except BadArgument as error:
                raise self.checker.fail(str(error)) from None
            self.diagnostics = self._diagnose(watch)
        self.losses, self.body_back = made[:2]
        if len(made) > 2 and made[2] is not None:
            self._count_only(made[2])
        self.value = arrays.loaded(self._reduce())

    def _diagnose(self, watch: Watch | None) -> Diagnostics | None:
        if watch is None:
            return None
        if not watch.sides:
            raise self.checker.fail(
                "diagnostics=True is for losses whose anchors have one match and negatives that "
                "the walk over tiles meets"
            )
        return watch.diagnostics(normalized=self.given.get("normalize") is True)

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
        try:
            arrays.check_precision(options.precision, self.first, self.dtype)
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
                value = arrays.detach(value)
                number = arrays.known(value)
                if number is None or arrays.is_taped():
                    return self.xp.astype(value, self.dtype)
                value = number
            return self.xp.asarray(float(value), dtype=self.dtype, device=self.device)
        if not argument.is_array:
            return value
        if argument.kind == "views" and isinstance(value, (list, tuple)):
            parts = [arrays.as_mapped(arrays.detach(view)) for view in value]
            value = arrays.namespace(parts[0]).stack(parts, axis=0)
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

    @arrays.quiet
    def pull(self, cotangent: Any, names: tuple[str, ...]) -> Any:
        """Gradients of the named arguments for a cotangent of the value."""
        g = self._cotangent(cotangent)
        per_loss, weight_grad = self._unreduce(g)
        promised = None if self.expected is None else self.expected.cotangent
        grads = dict(self.body_back(per_loss if promised is None else promised))
        if promised is not None and not _is_one(cotangent):
            grads = {name: g * grads[name] for name in names if name in grads}
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
        mean = self.reduction == "mean"
        of_losses = g if w is None else g * (w / self.count if mean else w)
        if mean:
            g = g / self.count
        if w is None:
            return (g if g.ndim == losses.ndim else xp.zeros_like(losses) + g), None
        # mean: L = sum(w l) / sum(w), so dL/dw = (l - L) / sum(w).
        centre = self.value if mean else xp.zeros_like(self.value)
        weight_grad = g * (losses - centre)
        if self.exist is not None:
            weight_grad = xp.where(self.exist, weight_grad, 0.0)
        return of_losses, weight_grad

    def _restore(self, name: str, grad: Array) -> Any:
        """Give a gradient the dtype and the structure of its argument."""
        argument, value = self.objective.arguments[name], self.given[name]
        if argument.is_number(value):
            return grad
        sequence = isinstance(value, (list, tuple))
        dtype = self.first.dtype if sequence else value.dtype
        if grad.dtype != dtype:
            grad = arrays.namespace(grad).astype(grad, dtype)
        grad = arrays.loaded(grad)
        if argument.kind == "views" and sequence:
            return tuple(grad[m, ...] for m in range(len(value)))
        return grad

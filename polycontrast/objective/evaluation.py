"""One evaluation of an objective: arguments checked, losses reduced, gradients restored."""

import contextlib
import math
from numbers import Real
from typing import TYPE_CHECKING, Any

from polycontrast import arrays
from polycontrast.arrays import Array, Host
from polycontrast.distributed import RankError
from polycontrast.objective import registry, settings, sharding
from polycontrast.objective.arguments import Argument
from polycontrast.objective.checking import BadArgument
from polycontrast.objective.diagnosis import Diagnostics, Watch, watched_by
from polycontrast.objective.expectation import Expectation, expecting
from polycontrast.objective.fields import fields_type

if TYPE_CHECKING:
    from polycontrast.objective.call import Objective


def _is_one(cotangent: Any) -> bool:
    """True for what is known to be 1 without waiting for any device."""
    known = isinstance(cotangent, Real) or arrays.is_numpy(arrays.namespace(cotangent))
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
    host : Host, optional
        Where the arrays are computed; by default by their own library.
    """

    def __init__(
        self,
        objective: "Objective",
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        pulling: bool = False,
        watch: Watch | None = None,
        host: Host | None = None,
    ):
        self.objective, self.checker, self.host = objective, objective._checker, host
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

    def _check(self, options: settings.Settings, may_be_empty: bool) -> dict[str, Any]:
        """Check the arguments on their own, then convert them."""
        arguments = self.objective.arguments
        self.first = self.checker.check_arrays(
            self.given,
            options.check_finite,
            may_be_empty,
            self.host is not None and self.host.casts,
        )
        for name, argument in arguments.items():
            if argument.is_number(self.given[name]):
                self.checker.check_number(argument, self.given[name])
        like = self.borrowed(self.first)
        self.xp = arrays.namespace(like)
        self.dtype = arrays.computing_dtype(like)
        self.device = arrays.device(like)
        try:
            arrays.check_precision(options.precision, like, self.dtype)
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
            return value
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

    def pull(self, cotangent: Any, names: tuple[str, ...]) -> Any:
        """Gradients of the named arguments for a cotangent of the value."""
        with self.at_work():
            return self._pull(cotangent, names)

    def _pull(self, cotangent: Any, names: tuple[str, ...]) -> Any:
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
        grads_type = fields_type("Grads", names)
        return grads_type(*(self._restore(name, grads[name]) for name in names))

    def _cotangent(self, cotangent: Any) -> Array:
        if isinstance(cotangent, Real):
            cotangent = self.xp.asarray(float(cotangent), dtype=self.dtype, device=self.device)
        else:
            if not arrays.is_array(cotangent):
                got = arrays.describe(cotangent)
                raise self.checker.fail(
                    f"the cotangent must be an array like the value, got {got}", TypeError
                )
            theirs, ours = arrays.namespace(cotangent), arrays.namespace(self.first)
            if theirs is not ours and not (arrays.is_numpy(theirs) and arrays.is_numpy(ours)):
                got = type(cotangent).__module__
                raise self.checker.fail(
                    f"the cotangent must come from the library of the value, got {got}", TypeError
                )
            cotangent = arrays.detach(self.borrowed(cotangent))
        if tuple(cotangent.shape) != tuple(self.reduced.shape):
            got = f"{tuple(cotangent.shape)} for a value of shape {tuple(self.reduced.shape)}"
            raise self.checker.fail(f"the cotangent must have the shape of the value, got {got}")
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
        centre = self.reduced if self.reduction == "mean" else xp.zeros_like(self.reduced)
        weight_grad = g * (losses - centre)
        if self.exist is not None:
            weight_grad = xp.where(self.exist, weight_grad, 0.0)
        return g * w, weight_grad

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

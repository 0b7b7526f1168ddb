"""One evaluation of an objective: arguments checked, body run, losses reduced; then pulled."""

import functools
from collections.abc import Callable
from typing import Any

from polycontrast import arrays
from polycontrast.arrays import Array
from polycontrast.context import (
    Diagnostics,
    Promise,
    Settings,
    Watch,
    current_report,
    current_settings,
    in_progress,
    split_settings,
)
from polycontrast.distributed import ALONE
from polycontrast.objective.arguments.binding import Binder, Binding
from polycontrast.objective.arguments.bodies import (
    BadArgument,
    BadResult,
    named_gradients,
    split_result,
)
from polycontrast.objective.arguments.fields import fields_type
from polycontrast.objective.calls import ranks
from polycontrast.objective.calls.diagnosing import diagnosed
from polycontrast.objective.calls.reduction import reduce_losses

Body = Callable[..., tuple[Any, ...]]
"""From the arguments of a call to its losses, their pullback and, optionally, which exist."""


class Evaluation:
    """One evaluation: its value, and the pullback of the value.

    Parameters
    ----------
    binder : Binder
        Checks and converts the arguments.
    body : callable
    args, kwargs
        Those of the call.
    pulling : bool, default False
        Whether gradients will follow.
    diagnosing : bool, default False
        Whether diagnostics are collected.
    wrt : str or tuple of str, optional
        Arguments to differentiate, as in `Objective.vjp`.
    request : str, default "value"
        What is asked for, which ranks compare; with names of arguments after it, where it is more.
    """

    value: Array
    diagnostics: Diagnostics | None = None

    @arrays.quiet
    def __init__(
        self,
        binder: Binder,
        body: Body,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        pulling: bool = False,
        diagnosing: bool = False,
        wrt: str | tuple[str, ...] | None = None,
        request: str = "value",
    ):
        comm = kwargs.get("comm", current_settings().comm)
        try:
            self.batch = ranks.batch_of(binder.name, comm)
        except (TypeError, ValueError) as error:
            raise binder.fail(str(error), type(error)) from None
        if self.batch is ALONE and comm is not None:  # "world" is this process alone
            comm, kwargs = None, {**kwargs, "comm": None}
        self._report = current_report()
        diagnosing = diagnosing or self._report is not None
        self.outermost = self.batch is not ALONE and self.batch is not comm
        """True where ranks share the batch, and this call is not part of another one."""
        with ranks.sharing_errors(self.batch):
            try:
                options, kwargs = split_settings(kwargs)
                values, among = binder.bind(args, kwargs)
                ranks.check_shards(binder.shards, self.batch)
            except (TypeError, ValueError) as error:
                raise binder.fail(str(error), type(error)) from None
            host = arrays.host_of(among, ranks=comm is not None)
            size = 0 if self.batch is ALONE else self.batch.size
            with arrays.running(host):
                self.binding = Binding(binder, values, options, size, host)
                self.names = self.binding.differentiated(wrt) if pulling else ()
                self.averaged = size > 0 and options.gradients == "average"
                if self.outermost:
                    request += f" by {', '.join(self.names)}" if request != "value" else ""
                    request += " with diagnostics" if diagnosing else ""
                    options = ranks.expect(self.binding, self.batch, request, options)
                self._run(body, options, pulling, diagnosing)
            if self.outermost:
                self.batch.handshake()  # where the body exchanged nothing with the other ranks

    def _run(self, body: Body, options: Settings, pulling: bool, diagnosing: bool) -> None:
        """Run the body, and reduce its losses to the value."""
        binding, weights = self.binding, None
        reducing = "reduction" in binding.arguments
        reduction = binding.values["reduction"] if reducing else "none"
        for name in binding.binder.weights:
            if not self.outermost:
                self._check_total(binding.inputs[name])
            weights = binding.inputs[name] if reducing else None
        self.promise = None
        alike = weights is None and (reduction != "none" or not reducing)
        if pulling and self.batch is ALONE and alike:
            self.promise = Promise(mean=reduction == "mean", reduced=reducing)
        watch = Watch(self.batch) if diagnosing else None
        self.workers = options.workers
        changes = {"settings": options, "promise": self.promise, "watch": watch, "report": None}
        if watch is not None:
            changes["outer_watch"] = watch
        call = in_progress(**changes)
        with arrays.computing(binding.like, self.workers), call:
            binding.refuse_together(self.batch)
            try:
                losses, self._body_back, exist = split_result(body(**binding.inputs))
            except (BadArgument, BadResult) as error:
                kind = TypeError if isinstance(error, BadResult) else ValueError
                raise binding.binder.fail(str(error), kind) from None
            if exist is not None and self._promised() is not None:
                text = "losses of which some do not exist must not be given to sums_of as like="
                raise binding.binder.fail(text, TypeError)
            if watch is not None:
                self.diagnostics = diagnosed(watch, binding)
                if self._report is not None:
                    self._report(self.diagnostics)
        reduced, self._unreduce = reduce_losses(
            binding.xp,
            binding.or_nan(losses),
            weights,
            exist,
            reduction,
            self.batch,
        )
        self.value = binding.result(arrays.loaded(reduced))

    def _check_total(self, weights: Array | None) -> None:
        if weights is None:
            return
        found = self.batch.sum(self.binding.xp.sum(weights))
        total = arrays.known(found)
        if total is None:
            self.binding.refuse_where((found == 0) | self.binding.xp.isinf(found))
        if total == 0:
            raise self.binding.binder.fail("weights must not all be zero")
        if total == float("inf"):
            raise self.binding.binder.fail("weights must have a finite sum, got inf")

    def back(self, cotangent: Any) -> Any:
        """Gradients for a cotangent of the value; ranks that share the batch compare it first."""
        if not self.outermost:
            return self.pull(cotangent)
        self.batch.renew_handshake()
        with ranks.sharing_errors(self.batch):
            with self.binding.running():
                g = self._cotangent(cotangent)
                ranks.expect_back(self.binding, self.batch, self.names, g)
            grads = self.pull(cotangent)
            self.batch.handshake()
        return grads

    @arrays.quiet
    def pull(self, cotangent: Any) -> Any:
        """Gradients for a cotangent of the value, without a comparison between ranks."""
        binding, names = self.binding, self.names
        with binding.running():
            g = self._cotangent(cotangent)
            of_losses, of_weights = self._unreduce(g)
            promised = self._promised()
            with arrays.computing(binding.like, self.workers):
                grads = self._body_back(of_losses if promised is None else promised)
            try:
                grads = named_gradients(grads, names)
            except BadResult as error:
                raise binding.binder.fail(str(error), TypeError) from None
            if promised is not None and not _is_one(cotangent):
                grads = {n: _of_each(grads[n], lambda t: g * t) for n in names if n in grads}
            if of_weights is not None:
                grads["weights"] = of_weights
            if self.averaged:
                grads |= {name: self.averaged_over_ranks(name, grads[name]) for name in names}
            fields = fields_type("Grads", names)
            shown = [_of_each(grads[name], binding.or_nan) for name in names]
            return fields(*map(binding.restored, names, shown))

    def averaged_over_ranks(self, name: str, grad: Any) -> Any:
        """A gradient such that the average over the ranks is exact."""
        shard = ranks.is_shard(self.binding.arguments[name], self.binding.values[name])
        return _of_each(grad, functools.partial(ranks.combined, self.batch, shard=shard))

    def _promised(self) -> Array | None:
        """Cotangent of the losses that the body was promised; None where it asked for none."""
        return None if self.promise is None else self.promise.cotangent

    def _cotangent(self, cotangent: Any) -> Array:
        return self.binding.cotangent(cotangent, tuple(self.value.shape))


def _of_each(grad: Any, function: Callable[[Array], Array]) -> Any:
    """A function of a gradient, or of each of those of a sequence of arrays."""
    return tuple(map(function, grad)) if isinstance(grad, tuple) else function(grad)


def _is_one(cotangent: Any) -> bool:
    """True for a cotangent of 1 that is known without synchronising with a device."""
    known = arrays.is_number(cotangent) or arrays.is_numpy(arrays.namespace(cotangent))
    return known and arrays.known(cotangent) == 1

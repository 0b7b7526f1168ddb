"""The call in progress, as one record in one context variable.

The body of an objective takes arrays and parameters alone. The settings of the call, the ranks that
share it and the numbers gathered on the way are here, for all functions that the body calls.
"""

from collections.abc import Callable
from contextvars import ContextVar, Token
from dataclasses import dataclass
from typing import Any, NamedTuple

from polycontrast.arrays import Array, namespace, plain
from polycontrast.context.diagnostics import Diagnostics, Watch
from polycontrast.context.settings import SETTING_NAMES, Settings
from polycontrast.distributed import ALONE, Alone


@dataclass
class Promise:
    """The cotangent of the losses of a call, where it is known before they are computed.

    The value of most calls is one number, the mean of the losses. Where gradients will follow, the
    cotangent of each loss is then known from the start, up to a factor that all gradients share. So
    the first pass over the tiles can make the gradients as well.

    Parameters
    ----------
    mean : bool
        Whether the losses are averaged, or summed.
    reduced : bool
        Whether the losses become one number. Otherwise they are the value, and only a value that
        is one number by itself has such a cotangent.
    cotangent : array, optional
        The promised cotangent; None until `of` was called.
    """

    mean: bool
    reduced: bool
    cotangent: Any = None

    def of(self, losses: Array) -> Array | None:
        """Cotangent of the losses for a cotangent 1 of the value, or None where it is not known."""
        if losses.ndim > 0 and not self.reduced:
            return None
        xp = namespace(losses)
        self.cotangent = xp.ones_like(losses)
        if self.mean:
            self.cotangent = self.cotangent / xp.sum(self.cotangent)
        return self.cotangent


class CallInProgress(NamedTuple):
    """The record that the parts of a call share without handing it on."""

    settings: Settings = Settings()
    promise: Promise | None = None
    watch: Watch | None = None
    """Collects diagnostics; None in a call without them."""
    outer_watch: Watch | None = None
    """The same, kept by calls inside that call."""
    report: Callable[[Diagnostics], None] | None = None
    """Function that gets the diagnostics of the next call; None where they are not asked for."""
    plans: list[Any] | None = None
    """Plans of all walks, noted instead of walked; None where numbers are computed."""


_NONE = CallInProgress()
_current: ContextVar[CallInProgress] = ContextVar("polycontrast", default=_NONE)


class in_progress:
    """Context in which fields of the record of the call in progress have other values.

    Parameters
    ----------
    **changes
        Fields of `CallInProgress`; the others stay.
    """

    __slots__ = ("call", "token")

    def __init__(self, **changes: Any):
        self.call = _current.get()._replace(**changes)

    def __enter__(self) -> None:
        self.token: Token[CallInProgress] = _current.set(self.call)

    def __exit__(self, *error: Any) -> None:
        _current.reset(self.token)


def split_settings(kwargs: dict[str, Any]) -> tuple[Settings, dict[str, Any]]:
    """Separate the options of execution from an objective's own parameters.

    A call inside another objective inherits the others.
    """
    inherited = _current.get().settings
    options = {name: plain(kwargs[name]) for name in SETTING_NAMES if name in kwargs}
    if not options:
        return inherited, kwargs
    merged = {name: getattr(inherited, name) for name in SETTING_NAMES} | options
    return Settings(**merged), {k: v for k, v in kwargs.items() if k not in options}


def current_settings() -> Settings:
    """Settings of the call in progress."""
    return _current.get().settings


def current_watch() -> Watch | None:
    """Collector of the diagnostics of the call in progress; None in a call without them."""
    return _current.get().watch


def note_comparison() -> None:
    """Note that rows of the batch are compared with others, if the call has diagnostics."""
    watch = _current.get().outer_watch
    if watch is not None:
        watch.compares = True


def current_report() -> Callable[[Diagnostics], None] | None:
    """Function that gets the diagnostics of the next call; None where they are not asked for."""
    return _current.get().report


def diagnostics_to(report: Callable[[Diagnostics], None]) -> in_progress:
    """Context in which each call of an objective has diagnostics, and hands them to a function.

    It serves callers that get the value through a framework, which passes on nothing else. Calls
    inside another call have no report.
    """
    return in_progress(report=report)


def note_plan(plan: Any) -> None:
    """Note the plan of a walk, if the call in progress notes plans."""
    plans = _current.get().plans
    if plans is not None:
        plans.append(plan)


def whole_batch() -> Alone:
    """The batch of the current call, across all ranks.

    Returns
    -------
    Alone or Shards
        ``samples(here)`` is the number of samples of all ranks; ``sum(t)`` and ``max(t)`` combine
        the results of all ranks.
    """
    comm = _current.get().settings.comm
    return ALONE if comm is None else comm


def promised_cotangent(like: Array) -> Array | None:
    """Cotangent that `back` will certainly get, or None where that is not known.

    Parameters
    ----------
    like : array
        Of the shape and dtype of the losses.
    """
    promise = _current.get().promise
    return None if promise is None else promise.of(like)

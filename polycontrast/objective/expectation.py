"""What the losses of a call will be pulled with, where that is certain before they are computed.

The value of most calls is one number, the mean of the losses, and its gradient is asked for. Then
the cotangent of each loss is known from the start, up to a factor that all gradients share. A loss
that knows it can take its gradients from the tiles on the first visit.
"""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from polycontrast.arrays import Array, namespace


@dataclass
class Expectation:
    """How a call reduces its losses.

    Parameters
    ----------
    mean : bool
        Whether they are averaged, or summed.
    weights : array, optional
    cotangent : array, optional
        What was promised to the losses, once one has asked.
    """

    mean: bool
    weights: Any = None
    cotangent: Any = None

    def of(self, losses: Array) -> Array:
        """Cotangent of the losses for a cotangent 1 of the value."""
        xp = namespace(losses)
        self.cotangent = xp.ones_like(losses) if self.weights is None else self.weights
        if self.mean:
            self.cotangent = self.cotangent / xp.sum(self.cotangent)
        return self.cotangent


_current: ContextVar[Expectation | None] = ContextVar("polycontrast_expectation", default=None)


def expected_cotangent(like: Array) -> Array | None:
    """Cotangent that `back` will certainly get, or None where that is not known.

    Parameters
    ----------
    like : array
        Of the shape and dtype of the losses.
    """
    expectation = _current.get()
    return None if expectation is None else expectation.of(like)


@contextlib.contextmanager
def expecting(expectation: Expectation | None) -> Iterator[None]:
    """Make an expectation that of the body that runs."""
    token = _current.set(expectation)
    try:
        yield
    finally:
        _current.reset(token)

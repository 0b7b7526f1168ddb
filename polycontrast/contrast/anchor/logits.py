"""Numbers of each anchor, such as log-sum-exps, with a pullback to named rows."""

from collections.abc import Callable
from typing import Any, NamedTuple

from polycontrast.arrays import Array, add_

Grads = dict[str, Array]
"""Gradients by name: of the rows, and a part of that of the temperature."""


class Logits(NamedTuple):
    """Numbers of anchors, and the pullback that they may share with others.

    `pull` takes one cotangent for each place, in order, None where there is none. It returns the
    gradients of the rows as new arrays, which may broadcast to those of the positive.
    """

    values: Array
    pull: Callable[..., Grads]
    place: int = 0


class Cotangents:
    """Cotangents of logits, gathered so that each pullback is called once."""

    def __init__(self) -> None:
        self._of: dict[Callable[..., Grads], list[Any]] = {}

    def add(self, logits: Logits, g: Array) -> None:
        """Add a cotangent."""
        given, place = self._of.setdefault(logits.pull, []), logits.place
        if place >= len(given):
            given.extend([None] * (place + 1 - len(given)))
        given[place] = g if given[place] is None else given[place] + g

    def pulled(self) -> Grads:
        """Gradients of all rows."""
        total: Grads = {}
        for pull, given in self._of.items():
            for name, grad in pull(*given).items():
                total[name] = add_(total[name], grad) if name in total else grad
        return total

"""Numbers of each anchor, such as log-sum-exps, with a pullback to named rows."""

from collections.abc import Callable
from typing import Any, NamedTuple

from polycontrast.arrays import Array, add_, dense, plus_scaled_rows


class ScaledRows(NamedTuple):
    """A gradient ``factors[:, None] * rows``, which is added to others without being stored."""

    factors: Array
    rows: Any

    def added_to(self, total: Array | None) -> Array:
        """The sum with another gradient, which may be overwritten."""
        if total is not None and tuple(total.shape) == tuple(self.rows.shape):
            return plus_scaled_rows(total, self.factors, self.rows)
        made = self.factors[:, None] * dense(self.rows)
        return made if total is None else add_(made, total)


Grads = dict[str, Any]
"""Gradients by name: of the rows, as arrays or `ScaledRows`, and a part of the temperature's."""


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
        """Gradients of all rows, as arrays."""
        total: dict[str, Array] = {}
        scaled: list[tuple[str, ScaledRows]] = []
        for pull, given in self._of.items():
            for name, grad in pull(*given).items():
                if isinstance(grad, ScaledRows):
                    scaled.append((name, grad))
                else:
                    total[name] = add_(total[name], grad) if name in total else grad
        for name, grad in scaled:
            total[name] = grad.added_to(total.get(name))
        return total

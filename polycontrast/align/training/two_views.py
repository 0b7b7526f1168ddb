"""An objective of two arrays, in the form of an objective of many views."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from polycontrast.arrays import Array
from polycontrast.objective import Objective


class TwoViews:
    """An objective f(x, y) that takes its arrays as one list of two views.

    Parameters
    ----------
    objective : Objective
        Its first two arguments are the arrays (rows, columns) of the views.
    """

    def __init__(self, objective: Objective):
        self.objective, self.name = objective, objective.name
        self.pair = tuple(objective.arguments)[:2]
        self.arguments = dict(list(objective.arguments.items())[2:])

    def value_and_grad(
        self, views: Sequence[Array], wrt: tuple[str, ...] = ("views",), **parameters: Any
    ) -> tuple[Array, Any]:
        """Value, and gradients as `views` and by the names of parameters."""
        names = (*self.pair, *(name for name in wrt if name != "views"))
        value, grads = self.objective.value_and_grad(*views, wrt=names, **parameters)
        found = {name: getattr(grads, name) for name in names}
        views_of = [found.pop(name) for name in self.pair]
        return value, SimpleNamespace(views=views_of, **found)

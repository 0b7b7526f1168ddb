"""Contrastive losses for any array, any number of views, with closed-form gradients."""

from typing import TYPE_CHECKING

from polycontrast import losses as _losses  # noqa: F401 - its import registers the objectives
from polycontrast.metrics import linear_separability, recall_at_k
from polycontrast.objective import Objective, objective, objectives
from polycontrast.planning import plan

__version__ = "0.1.0"

# Every registered objective is a public name of the package.
globals().update(objectives())

__all__ = ["Objective", "linear_separability", "objective", "objectives", "plan", "recall_at_k"]
__all__ += sorted(objectives())

if TYPE_CHECKING:

    def __getattr__(name: str) -> Objective: ...

"""Contrastive losses for any array, any number of views, with closed-form gradients."""

from typing import TYPE_CHECKING

from polycontrast import losses as _losses  # noqa: F401 - its import registers the objectives
from polycontrast.metrics import linear_separability, recall_at_k
from polycontrast.objective import Objective, objectives
from polycontrast.planning import plan
from polycontrast.states import (
    gather_state,
    global_contrastive_step,
    log_normalizer,
    sample_auxiliary,
    scatter_state,
    update_log_normalizer,
    update_log_u,
    update_temperature,
)

__version__ = "0.1.0"

# Every registered objective is a public name of the package.
globals().update(objectives())

__all__ = ["Objective", "objectives", "plan"]
__all__ += ["linear_separability", "recall_at_k"]
__all__ += ["gather_state", "scatter_state"]
__all__ += ["log_normalizer", "sample_auxiliary", "update_log_normalizer"]
__all__ += ["global_contrastive_step", "update_log_u", "update_temperature"]
__all__ += sorted(objectives())

if TYPE_CHECKING:

    def __getattr__(name: str) -> Objective: ...

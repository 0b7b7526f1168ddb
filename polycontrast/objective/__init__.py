"""What an objective is: arguments, call, gradients, registry."""

from polycontrast.objective.arguments import (
    Argument,
    Count,
    Embeddings,
    Index,
    Interval,
    Mask,
    Nonnegative,
    Normalize,
    Positive,
    Reduction,
    Role,
    Scalar,
    State,
    Temperature,
    Temperatures,
    Views,
    Weights,
)
from polycontrast.objective.call import Objective, objective
from polycontrast.objective.checking import BadArgument
from polycontrast.objective.diagnosis import Diagnostics, Side, Watch, current_watch
from polycontrast.objective.expectation import expected_cotangent
from polycontrast.objective.fields import fields_type
from polycontrast.objective.held import Held
from polycontrast.objective.registry import find, objectives
from polycontrast.objective.settings import Settings, current_settings, whole_batch
from polycontrast.objective.sharding import together

__all__ = [
    "Argument",
    "BadArgument",
    "Count",
    "Diagnostics",
    "Embeddings",
    "Held",
    "Index",
    "Interval",
    "Mask",
    "Nonnegative",
    "Normalize",
    "Objective",
    "Positive",
    "Reduction",
    "Role",
    "Scalar",
    "Settings",
    "Side",
    "State",
    "Temperature",
    "Temperatures",
    "Views",
    "Watch",
    "Weights",
    "current_settings",
    "current_watch",
    "expected_cotangent",
    "fields_type",
    "find",
    "objective",
    "objectives",
    "together",
    "whole_batch",
]

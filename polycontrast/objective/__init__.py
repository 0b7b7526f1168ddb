"""The parts of an objective: arguments, call, gradients, registry."""

from polycontrast.context import Diagnostics, whole_batch
from polycontrast.objective.arguments import (
    Argument,
    ClassLabels,
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
from polycontrast.objective.checking import BadArgument
from polycontrast.objective.fields import fields_type, gradients_by_name
from polycontrast.objective.held import Held
from polycontrast.objective.objective import Objective, objective, objectives
from polycontrast.objective.ranks import together
from polycontrast.objective.registry import find

__all__ = [
    "Argument",
    "BadArgument",
    "ClassLabels",
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
    "State",
    "Temperature",
    "Temperatures",
    "Views",
    "Weights",
    "fields_type",
    "find",
    "gradients_by_name",
    "objective",
    "objectives",
    "together",
    "whole_batch",
]

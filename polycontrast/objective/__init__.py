"""The parts of an objective: arguments, call, gradients, registry."""

from polycontrast.context import Diagnostics, diagnostics_to, whole_batch
from polycontrast.objective.arguments import (
    Argument,
    Arrays,
    ClassIndex,
    ClassLabels,
    ClassLogits,
    Constant,
    Count,
    Embeddings,
    Ids,
    Index,
    IndexInto,
    Interval,
    Mask,
    Nonnegative,
    Normalize,
    Permutation,
    Positive,
    Presence,
    Reduction,
    Role,
    Scalar,
    State,
    Temperature,
    Temperatures,
    Views,
    Weights,
)
from polycontrast.objective.bodies import BadArgument, at_least_two, check_labels
from polycontrast.objective.fields import fields_type, gradients_by_name
from polycontrast.objective.given import name_of, read_objective
from polycontrast.objective.held import Held
from polycontrast.objective.measured import measured
from polycontrast.objective.objective import Objective, objective, objectives
from polycontrast.objective.ranks import together
from polycontrast.objective.registry import find
from polycontrast.objective.same import Same, of_views

__all__ = [
    "Argument",
    "Arrays",
    "BadArgument",
    "ClassIndex",
    "ClassLabels",
    "ClassLogits",
    "Constant",
    "Count",
    "Diagnostics",
    "Embeddings",
    "Held",
    "Ids",
    "Index",
    "IndexInto",
    "Interval",
    "Mask",
    "Nonnegative",
    "Normalize",
    "Objective",
    "Permutation",
    "Positive",
    "Presence",
    "Reduction",
    "Role",
    "Same",
    "Scalar",
    "State",
    "Temperature",
    "Temperatures",
    "Views",
    "Weights",
    "fields_type",
    "find",
    "gradients_by_name",
    "name_of",
    "measured",
    "objective",
    "objectives",
    "of_views",
    "read_objective",
    "at_least_two",
    "check_labels",
    "diagnostics_to",
    "together",
    "whole_batch",
]

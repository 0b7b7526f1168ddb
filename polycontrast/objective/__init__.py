"""The parts of an objective: arguments, call, gradients, registry."""

from polycontrast.context import Diagnostics, diagnostics_to, whole_batch
from polycontrast.objective.arguments.bodies import BadArgument, at_least_two, check_labels
from polycontrast.objective.arguments.fields import fields_type, gradients_by_name
from polycontrast.objective.arguments.roles import (
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
from polycontrast.objective.calls.ranks import together
from polycontrast.objective.catalogue.given import name_of, read_objective
from polycontrast.objective.catalogue.registry import find
from polycontrast.objective.catalogue.same import Same, of_views
from polycontrast.objective.held import Held
from polycontrast.objective.measured import measured
from polycontrast.objective.objective import Objective, objective, objectives

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

"""Which objectives can align views, and on how many rows at a time."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

import polycontrast as pc
from polycontrast.align.errors import BadInput
from polycontrast.align.samples import Samples
from polycontrast.align.training.two_views import TwoViews
from polycontrast.objective import Objective, objectives
from polycontrast.objective.catalogue.registry import known_as, near_matches

TEMPERATURES = (0.15, 0.04, 0.08, 0.3)  # that "auto" tries; the first one where they are level
DEFAULT_TEMPERATURE = 0.15
# Options of a call that would change what comes back, or belong to ranks; workers has its own name.
ELSEWHERE = {"comm", "gradients", "workers", "wrt", "diagnostics", "self"}
LEAST_TEMPERATURE = 1e-6
MOST_OPERATIONS = 2e14  # of one evaluation: several minutes on a large machine


def fixed_parameters(objective: Objective | TwoViews) -> dict[str, Any]:
    """Parameters that aligning needs whatever their defaults: one number a batch, unit rows."""
    wanted = {"reduction": "mean", "normalize": True}
    return {name: value for name, value in wanted.items() if name in objective.arguments}


def objective_parameters(
    objective: Objective | TwoViews, temperature: float | str | None, more: Mapping[str, Any] | None
) -> tuple[dict[str, Any], float | None]:
    """Keyword arguments of the objective, and where a learned temperature starts.

    Raises
    ------
    BadInput
        For parameters that are not the user's to choose here.
    """
    fixed = fixed_parameters(objective)
    if not isinstance(more, Mapping | None):
        raise BadInput(f"Aligner: objective_params must be a dict; got {type(more).__name__}")
    for name, value in (more or {}).items():
        argument = objective.arguments.get(name)
        if name in fixed and value != fixed[name]:
            wrong = f"must be {fixed[name]!r} to align; got {value!r}"
        elif name in ELSEWHERE:
            wrong = "is no parameter of an alignment"
        elif argument is not None and argument.kind not in ("option", "scalar"):
            wrong = "is an array, which an alignment does not take"
        elif name == "temperature" and temperature is not None:
            wrong = f"is given twice: {temperature!r} and {value!r}"
        else:
            continue
        raise BadInput(f"{objective.name}: {name} {wrong}")
    parameters = fixed | dict(more or {})
    if "temperature" not in objective.arguments:
        if temperature is not None:
            raise BadInput(f"{objective.name} has no temperature; got {temperature!r}")
        return parameters, None
    if temperature == "learned":
        return parameters, DEFAULT_TEMPERATURE
    if temperature == "auto":  # the first of those that are tried
        temperature = None
    return {
        "temperature": DEFAULT_TEMPERATURE if temperature is None else temperature
    } | parameters, None


def is_multi_view(objective: Objective) -> bool:
    """True for objectives of views alone whose value is one number, with its own gradient."""
    first, *rest = objective.arguments.values()
    of_many = first.kind == "views" and first.dims[0][0] == "M"
    if not of_many or any(argument.required for argument in rest) or objective.held_names({}):
        return False
    views = np.eye(3, dtype=np.float32)[None].repeat(max(2, first.role.least_views), axis=0)
    return objective(views, **fixed_parameters(objective)).ndim == 0


def multi_view_objectives() -> list[str]:
    """Names of all registered objectives that can align views."""
    return [name for name, objective in objectives().items() if is_multi_view(objective)]


def is_two_view(objective: Objective) -> bool:
    """True for objectives of two arrays alone, alike in role, whose value is one number."""
    arguments = list(objective.arguments.values())
    pair, rest = arguments[:2], arguments[2:]
    if len(pair) < 2 or pair[0].role != pair[1].role or objective.held_names({}):
        return False
    if any(argument.dims != (("B", "D"),) or not argument.required for argument in pair):
        return False
    if any(argument.required for argument in rest):
        return False
    x = np.eye(3, dtype=np.float32)
    return objective(x, x, **fixed_parameters(objective)).ndim == 0


def find_objective(name: str | Objective, views: int) -> Objective | TwoViews:
    """Objective by name, for a number of views.

    Raises
    ------
    BadInput
        When there is none of that name, or it takes other arguments.
    """
    objective = name if isinstance(name, Objective) else objectives().get(name)
    if objective is None:
        hint = known_as(str(name)) or near_matches(str(name), multi_view_objectives())
        raise BadInput(f"unknown objective {name!r}{hint}")
    if is_multi_view(objective):
        return objective
    listed = ", ".join(multi_view_objectives())
    if not is_two_view(objective):
        raise BadInput(
            f"{objective.name} is no loss of two or more views alone; those are: {listed}"
        )
    if views != 2:
        raise BadInput(f"{objective.name} takes two views; got {views}; losses of more: {listed}")
    return TwoViews(objective)


def check_takes(objective: Objective | TwoViews, samples: Samples) -> None:
    """Refuse missing views, or several rows of one thing, where the objective knows neither."""
    wanted = {"mask": samples.mask is not None, "ids": samples.ids is not None}
    said = {"mask": "views that are missing", "ids": "several rows of one thing"}
    for name, is_wanted in wanted.items():
        if is_wanted and name not in objective.arguments:
            able = [one for one in multi_view_objectives() if name in objectives()[one].arguments]
            raise BadInput(
                f"{objective.name} does not take {said[name]}; those that do are: {', '.join(able)}"
            )


def check_call(
    objective: Objective | TwoViews, shape: tuple[int, int, int], parameters: dict[str, Any]
) -> None:
    """Refuse parameters that the objective refuses, and sizes that would never end.

    Parameters
    ----------
    objective : Objective
    shape : (views, rows, dim)
        Of one evaluation.
    parameters : dict
    """
    views = list(np.eye(3, dtype=np.float32)[None].repeat(shape[0], axis=0))
    count, rows, _ = shape
    temperature = parameters.get("temperature")
    if isinstance(temperature, (int, float)) and 0 < temperature < LEAST_TEMPERATURE:
        least = f"at least {LEAST_TEMPERATURE:g} to align"
        raise BadInput(f"{objective.name}: temperature must be {least}; got {temperature!r}")
    try:
        objective.value_and_grad(views, **parameters)
        if isinstance(objective, TwoViews):
            work = pc.plan(objective.objective, shape[1:], shape[1:], **parameters)
        else:
            work = pc.plan(objective, shape, **parameters)
    except (TypeError, ValueError, ArithmeticError) as error:
        raise BadInput(str(error)) from None
    operations = work.flops + sum(walk.entries for walk in work.walks)
    if operations > MOST_OPERATIONS:
        raise BadInput(
            f"{objective.name} of {count} views and {rows:,} rows takes about "
            f"10^{math.log10(operations):.0f} operations a step; take a smaller batch, or another "
            "objective or parameter"
        )

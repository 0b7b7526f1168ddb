"""Evaluations where `polycontrast.arrays.exchange` wants them: at home, or at a host."""

from typing import TYPE_CHECKING, Any

from polycontrast import arrays
from polycontrast.arrays import Array, host_of
from polycontrast.context import current_settings
from polycontrast.objective.evaluation import Evaluation

if TYPE_CHECKING:
    from polycontrast.objective.call import Objective


def evaluation(
    objective: "Objective",
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    pulling: bool = False,
    diagnosing: bool = False,
    wrt: str | tuple[str, ...] | None = None,
    at_once: bool = False,
) -> Evaluation:
    """Evaluation of a call, by the arrays' own library or by a host of theirs.

    Parameters
    ----------
    objective, args, kwargs, pulling, diagnosing, wrt, at_once
        As in `Evaluation`.
    """
    comm = kwargs.get("comm", current_settings().comm)
    host = host_of(_arrays((*args, *kwargs.values())), ranks=comm is not None)
    if host is None:
        return Evaluation(objective, args, kwargs, pulling, diagnosing, wrt, at_once)
    with host.at_work():
        return Evaluation(objective, args, kwargs, pulling, diagnosing, wrt, at_once, host)


def _arrays(values: tuple[Any, ...]) -> list[Array]:
    found = []
    for value in values:
        inner = value if isinstance(value, (list, tuple)) else (value,)
        found += [t for t in inner if arrays.is_array(t)]
    return found

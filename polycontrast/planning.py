"""The plan of a call: its bytes and operations, before any work is done."""

import math
from dataclasses import dataclass
from typing import Any

from polycontrast.arrays import describe, is_number, plain
from polycontrast.arrays.stand_ins.abstract import AbstractArray, counted_flops, reset_flops
from polycontrast.context import in_progress
from polycontrast.objective import Objective, read_objective
from polycontrast.similarity.tiles.plan import CubePlan, Plan

_DTYPES = {"bool": "bool", "integral": "int64"}
"""Dtypes of arrays that hold no real numbers."""


@dataclass(frozen=True)
class CallPlan:
    """Prediction for one call of an objective; printing it shows a table.

    Parameters
    ----------
    objective : str
    walks : tuple of Plan
        One for each matrix of similarities.
    input_bytes : int
    value_flops, flops : int
        Floating-point operations of the matrix products for the value alone, and for value and
        gradient.
    """

    objective: str
    walks: tuple[Plan | CubePlan, ...]
    input_bytes: int
    value_flops: int
    flops: int

    @property
    def bytes(self) -> int:
        """Peak of the extra bytes: kept similarities, tiles in flight, copies of the input."""
        kept = sum(w.entries * w.itemsize for w in self.walks if w.keep)
        in_flight = max((_in_flight(w) for w in self.walks), default=0)
        return kept + in_flight + 6 * self.input_bytes

    def __str__(self) -> str:
        lines = [
            f"{self.objective}: {self.flops:.3g} FLOP in products for value and gradient "
            f"({self.value_flops:.3g} for the value), {_size(self.bytes)} beside the input"
        ]
        for w in self.walks:
            how = "kept" if w.keep else "recomputed"
            half = ", half of it" if w.symmetric else ""
            lines.append(
                f"  {w.what}: {w.entries:,} similarities{half}, {how}, tile "
                f"{' x '.join(map(str, w.tile))} ({_size(w.tile_bytes)}), {w.workers} worker(s)"
            )
        return "\n".join(lines)


def _in_flight(walk: Plan | CubePlan) -> int:
    return walk.bytes - (walk.entries * walk.itemsize if walk.keep else 0)


def _size(count: int) -> str:
    power = min(3, max(0, int(math.log(max(count, 1), 1024))))
    return f"{count / 1024**power:.4g} {('B', 'KiB', 'MiB', 'GiB')[power]}"


def _shape(objective: Objective, name: str, given: Any) -> tuple[int, ...]:
    """A shape in place of an array."""
    sizes = tuple(map(plain, given)) if isinstance(given, (tuple, list)) else (-1,)
    if not all(type(n) is int and n >= 0 for n in sizes):
        wanted = "a shape, a tuple of integers >= 0"
        raise TypeError(f"{objective.name}: {name} must be {wanted}, got {describe(given)}")
    return sizes


def _abstract(objective: Objective, name: str, given: Any, dtype: str) -> Any:
    """Array without data for a shape, or a list of them for a list of shapes."""
    argument = objective.arguments.get(name)
    if argument is not None and argument.kind == "list" and isinstance(given, (tuple, list)):
        return [AbstractArray(_shape(objective, name, shape), dtype) for shape in given]
    kind = dtype if argument is None else _DTYPES.get(argument.role.dtype, dtype)
    return AbstractArray(_shape(objective, name, given), kind)


def plan(
    objective: Objective | str, *shapes: tuple[int, ...], dtype: str = "float32", **params: Any
) -> CallPlan:
    """Plan of a call: dense or tiled, tile sizes, predicted bytes and operations.

    The objective runs on arrays that have shapes but no data, so nothing is computed and no memory
    is used, at any size.

    Parameters
    ----------
    objective : Objective or str
    *shapes : tuple of int
        Shapes of the array arguments, in order; ``(M, B, D)`` for views, and a list of shapes for
        a list of arrays.
    dtype : str, default "float32"
    **params
        Parameters of the objective and options such as ``tile=``, ``workers=``, ``memory=``. A
        shape may be given for an optional array by name.

    Returns
    -------
    CallPlan
        With `walks`, `bytes`, `value_flops` and `flops`; printed, it is a table.

    Examples
    --------
    >>> import polycontrast as pc
    >>> made = pc.plan(pc.info_nce, (1_000_000, 512), (1_000_000, 512), workers=2)
    >>> made.walks[0].keep, made.flops == 8 * 512 * 10**12
    (False, True)
    """
    if "comm" in params:
        raise ValueError("plan: comm is not possible, a plan is that of the work of one process")
    objective = read_objective("plan", objective)
    try:
        AbstractArray((), dtype)
    except TypeError:
        raise TypeError(f"plan: dtype must name a dtype, got {describe(dtype)}") from None
    named = {
        name: _abstract(objective, name, value, dtype)
        for name, argument in objective.arguments.items()
        if argument.is_array and (value := params.get(name)) is not None and not is_number(value)
    }
    names = [*objective.arguments, *["another shape"] * len(shapes)]
    given = [
        _abstract(objective, name, shape, dtype) for name, shape in zip(names, shapes, strict=False)
    ]
    all_given = (*given, *named.values())
    each = [t for x in all_given for t in (x if isinstance(x, list) else [x])]
    walks: list[Plan | CubePlan] = []
    reset_flops()
    with in_progress(plans=walks):
        value, back = objective.vjp(*given, **(params | named))
        value_flops = counted_flops()
        back(AbstractArray(tuple(value.shape), value.dtype))
    return CallPlan(
        objective=objective.name,
        walks=tuple(walks),
        input_bytes=sum(t.size * t.dtype.itemsize for t in each),
        value_flops=value_flops + sum(w.value_flops for w in walks),
        flops=counted_flops() + sum(w.flops for w in walks),
    )

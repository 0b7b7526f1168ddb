"""Comparison of several ranks with one process: value, gradients, and the rule of the trainer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from polycontrast import arrays
from polycontrast.arrays import Array
from polycontrast.distributed import Communicator, find
from polycontrast.objective import Objective
from polycontrast.objective.arguments.roles import SAMPLES
from polycontrast.objective.calls.ranks import sample_axis
from polycontrast.testing.inputs import random_arrays
from polycontrast.testing.report import Report, check_tolerances


@dataclass(frozen=True)
class RanksCheck:
    """One comparison, on the rank where it is worst.

    Parameters
    ----------
    what : str
    factor : float
        Ratio of the result to the right one.
    error : float
        Largest difference, relative to the largest entry of the right result.
    rank : int
    passed : bool
    """

    what: str
    factor: float
    error: float
    rank: int
    passed: bool


@dataclass(frozen=True, repr=False)
class RanksReport(Report[RanksCheck]):
    """Result of `check_distributed`, the same on every rank: true when every comparison passed.

    Parameters
    ----------
    objective : str
        Name of the objective.
    checks : tuple of RanksCheck
        Value, gradients and trained gradients, each on the rank where it is worst.
    ranks : int
        Number of ranks.
    gradients : {"average", "sum"}
        The rule of the trainer that was checked.
    """

    ranks: int
    gradients: str

    def __str__(self) -> str:
        verdict = "exact" if self else "not that of one process"
        lines = [f"{self.objective} on {self.ranks} ranks: {verdict}"]
        lines.append(f"{'what':<32}{'factor':>10}{'error':>10}{'worst rank':>12}")
        for c in self.checks:
            mark = "" if c.passed else "  <- differs"
            lines.append(f"{c.what:<32}{c.factor:>10.4g}{c.error:>10.1e}{c.rank:>12}{mark}")
        return "\n".join([*lines, *self._advice()])

    def _advice(self) -> list[str]:
        """Correction when the trainer does not follow the rule of `gradients`."""
        off = self.failures
        if not off or not all(c.what.startswith("trained") for c in off):
            return []
        factor = off[0].factor
        how = f"{factor:.4g} times too large" if factor > 1 else f"{1 / factor:.4g} times too small"
        text = f"parameter gradients are {how}"
        if abs(factor * (self.ranks if factor < 1 else 1 / self.ranks) - 1) < 1e-3:
            does, other = ("averages", "average") if factor < 1 else ("sums", "sum")
            text += f': the trainer {does} over the ranks, so pass gradients="{other}"'
        return [f'{text} (now gradients="{self.gradients}")']


def check_distributed(
    objective: Objective,
    comm: Any,
    *,
    trainer: Callable[[np.ndarray], Any] | None = None,
    wrap: Callable[[Any], Any] | None = None,
    gradients: str = "average",
    like: Array | None = None,
    tolerance: float | None = None,
    seed: int = 0,
    **params: Any,
) -> RanksReport:
    """Comparison of a batch on several ranks with one process, and with the rule of the trainer.

    Call it on every rank, in the launcher that will train. A small random batch, equal on all
    ranks, is split unevenly. Each rank also computes the whole batch alone.

    Parameters
    ----------
    objective : Objective
        An objective of this library, or one made with `polycontrast.objective`.
    comm
        As ``comm=`` of the objective, except for the name of a JAX axis.
    trainer : callable, optional
        Function of the trainer between the backward pass of this rank and the optimiser. It takes
        the parameter gradient of this rank, a NumPy array, and returns the gradient that the
        optimiser uses.
    wrap : callable, optional
        The same for torch, as the function that wraps the module: ``DistributedDataParallel``.
    gradients : {"average", "sum"}, default "average"
        As the argument of the objective.
    like : array, optional
        An array with the library, dtype and device of the batch: a CUDA tensor for NCCL. The
        default is NumPy in float64.
    tolerance : float, optional
        Largest relative error. Default: 1e-10 in float64, 1e-4 in lower precision.
    seed : int, default 0
    **params
        Parameters of the objective other than arrays.

    Returns
    -------
    RanksReport
        It prints as a table, with the factor of each difference. ``bool(report)`` is true on
        success, and ``report.raise_on_failure()`` raises on failure.

    Raises
    ------
    TypeError, ValueError
        When an argument is not as above.

    Examples
    --------
    Ranks that are threads of this process:

    >>> import polycontrast as pc
    >>> from polycontrast.distributed import LocalGroup
    >>> from polycontrast.testing import check_distributed
    >>> reports = LocalGroup(3).run(lambda comm: check_distributed(pc.info_nce, comm))
    >>> all(reports)
    True
    """
    if not isinstance(objective, Objective):
        got = arrays.describe(objective)
        raise TypeError(f"check_distributed: objective must be an objective, got {got}")
    for name, function in (("trainer", trainer), ("wrap", wrap)):
        if not (function is None or callable(function)):
            got = arrays.describe(function)
            raise TypeError(f"check_distributed: {name} must be callable, got {got}")
    like = np.zeros(()) if like is None else like
    arrays.check_floating("check_distributed", like=like)
    check_tolerances("check_distributed", tolerance=tolerance)
    ranks = find(comm)
    if ranks is None:
        raise ValueError('check_distributed: comm="world" is this process alone')
    tolerance = (1e-10 if "64" in str(like.dtype) else 1e-4) if tolerance is None else tolerance
    if wrap is not None:
        from polycontrast.distributed.process_group import through_module

        trainer = through_module(wrap, like)
    counts = [2 + rank % 2 for rank in range(ranks.size)]
    mine = slice(sum(counts[: ranks.rank]), sum(counts[: ranks.rank + 1]))
    whole = random_arrays(objective, counts, seed)
    here = {name: _cut(objective, name, x, mine) for name, x in whole.items()}
    if "reduction" in objective.arguments:
        params = {"reduction": "mean"} | params
    scalars = [n for n, a in objective.arguments.items() if a.kind == "scalar"]
    scalars = [n for n in scalars if params.get(n, objective.arguments[n].default) is not None]
    wrt = (*(n for n in whole if objective.arguments[n].differentiable), *scalars)

    def run(batch: dict[str, np.ndarray], **options: Any) -> tuple[np.ndarray, dict[str, Any]]:
        made = {name: _made(x, like) for name, x in batch.items()}
        value, grads = objective.value_and_grad(**made, wrt=wrt, **params, **options)
        return arrays.to_float64(value), {
            n: arrays.to_float64(g) for n, g in grads._asdict().items()
        }

    value, exact = run(whole)
    got_value, got = run(here, comm=ranks, gradients=gradients)
    pairs = [("value", got_value, value)]
    share = ranks.size if gradients == "average" else 1
    for name in wrt:
        if name not in scalars:
            part = _cut(objective, name, exact[name], mine) * share
            pairs.append((f"gradient of {name}", got[name], part))
        elif gradients == "average":
            pairs.append((f"gradient of {name}", got[name], exact[name]))
    if trainer is not None:
        # A linear encoder of one input per sample; its gradient is a sum over samples.
        inputs = np.random.default_rng([seed, 1]).normal(size=sum(counts))
        for name in wrt:
            mine_sum, all_sum = got[name], exact[name]
            axis = None if name in scalars else sample_axis(objective.arguments[name], whole[name])
            if axis is not None:
                mine_sum = np.tensordot(got[name], inputs[mine], axes=(axis, 0))
                all_sum = np.tensordot(exact[name], inputs, axes=(axis, 0))
            pairs.append((f"trained through {name}", arrays.to_float64(trainer(mine_sum)), all_sum))
    checks = _compare(ranks, pairs, tolerance)
    return RanksReport(objective.name, checks, ranks.size, gradients)


def _cut(objective: Objective, name: str, x: np.ndarray, part: slice) -> np.ndarray:
    """Part of an argument, or of its gradient; indices of samples count from its start."""
    argument = objective.arguments[name]
    axis = sample_axis(argument, x)
    mine = x if axis is None else x[(*[slice(None)] * axis, part)]
    return mine - part.start if argument.role.below in SAMPLES else mine


def _made(x: np.ndarray, like: Array) -> Array:
    xp = arrays.namespace(like)
    dtype = like.dtype if x.dtype.kind == "f" else None
    return xp.asarray(np.ascontiguousarray(x), dtype=dtype, device=arrays.device(like))


def _compare(
    ranks: Communicator, pairs: list[tuple[str, np.ndarray, np.ndarray]], tolerance: float
) -> tuple[RanksCheck, ...]:
    """Comparison on every rank; the result is that of the worst rank."""
    numbers: list[float] = []
    for _, got, wanted in pairs:
        scale = float(np.max(np.abs(wanted), initial=0.0)) or 1.0
        square = float(np.sum(wanted * wanted))
        numbers.append(float(np.max(np.abs(got - wanted), initial=0.0)) / scale)
        numbers.append(float(np.sum(got * wanted)) / square if square else 1.0)
    found = ranks.gather(numbers).reshape(ranks.size, len(pairs), 2)
    checks = []
    for k, (what, _, _) in enumerate(pairs):
        rank = int(np.argmax(found[:, k, 0]))  # also finds nan
        error, factor = (float(n) for n in found[rank, k])
        checks.append(RanksCheck(what, factor, error, rank, error <= tolerance))
    return tuple(checks)

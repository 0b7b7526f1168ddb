"""Random numbers in the shapes that the signature of an objective declares."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from polycontrast.objective import Argument, Objective
from polycontrast.objective.arguments.roles import SAMPLES

# Lengths of axes that are not axes of samples.
SIZES = {"A": 2, "D": 6, "M": 3, "R": 3, "C": 3, "L": 7, "P": 5, "H": 12, "W": 13}
OTHER = 4


def random_arrays(
    objective: Objective, samples: int | Sequence[int], seed: int, **sizes: int
) -> dict[str, Any]:
    """Standard normal numbers in float64 for every array that the objective needs.

    Integers are 0, 1 or 2, or indices, truth values are mostly True, weights are positive, and
    other numbers are within their bounds. A sequence of arrays has three, see `axes_of_list`.

    Parameters
    ----------
    objective : Objective
    samples : int or sequence of int
        Length of the axes B and N. Several numbers are those of ranks, whose samples follow one
        another; an index of a sample then is one of the same rank.
    seed : int
    **sizes : int
        Lengths of other axes: D, M, K.
    """
    rng = np.random.default_rng(seed)
    counts = [samples] if isinstance(samples, int) else list(samples)
    lengths = SIZES | sizes | {"B": sum(counts), "N": sum(counts)}

    def shape_of(axes: Sequence[str], own: dict[str, int]) -> list[int]:
        return [int(a) if a.isdigit() else (lengths | own).get(a, OTHER) for a in axes]

    def made(argument: Argument) -> Any:
        axes = argument.dims[0]
        if argument.kind == "list":
            each = [shape_of(axes, found) for axes, found in axes_of_list(axes)]
            return [rng.normal(size=shape) for shape in each]
        shape = shape_of(axes, {})
        role = argument.role
        along = next((k for k, axis in enumerate(axes) if axis in SAMPLES), None)
        if role.below in SAMPLES and along is not None:
            starts = np.cumsum([0, *counts])
            shapes = [(*shape[:along], n, *shape[along + 1 :]) for n in counts]
            each = [
                start + random_indices(rng, t, n, role.distinct)
                for t, n, start in zip(shapes, counts, starts[:-1], strict=True)
                if n
            ]
            return np.concatenate(each, axis=along)
        if role.below:
            return random_indices(rng, shape, lengths.get(role.below, OTHER), role.distinct)
        if role.dtype == "integral":
            return rng.integers(0, 3, size=shape)
        if role.high < math.inf:
            return rng.uniform(role.low, role.high, size=shape)
        if argument.kind == "weights" or role.is_bounded:
            return rng.uniform(0.5, 1.5, size=shape)
        return rng.random(shape) < 0.8 if role.dtype == "bool" else np.array(rng.normal(size=shape))

    return {
        name: made(argument)
        for name, argument in objective.arguments.items()
        if argument.is_array and argument.required
    }


def axes_of_list(axes: Sequence[str]) -> list[tuple[list[str], dict[str, int]]]:
    """Axes of three arrays of a list, and the length of ``*`` in each: 2, 4 and 3.

    In the place of ``...`` they have one, two and three such axes.
    """
    found = []
    for more, length in ((1, 2), (2, 4), (3, 3)):
        each = [["*"] * more if axis == "..." else [axis] for axis in axes]
        found.append(([axis for part in each for axis in part], {"*": length}))
    return found


def random_indices(
    rng: np.random.Generator, shape: Sequence[int], count: int, distinct: bool
) -> np.ndarray:
    """Indices into an axis of this length, on request different ones along the last axis."""
    if not distinct:
        return rng.integers(0, max(1, count), size=shape)
    return np.argsort(rng.random((*shape[:-1], count)), axis=-1)[..., : shape[-1]]

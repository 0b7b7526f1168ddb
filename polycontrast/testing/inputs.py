"""Random numbers in the shapes that the signature of an objective declares."""

import math
from typing import Any

import numpy as np

from polycontrast.objective import Argument, Objective

# Lengths of axes that are not axes of samples.
SIZES = {"D": 6, "E": 4, "M": 3, "K": 4, "R": 3, "C": 3}


def random_arrays(objective: Objective, samples: int, seed: int, **sizes: int) -> dict[str, Any]:
    """Standard normal numbers in float64 for every array that the objective needs.

    Integers are 0, 1 or 2, truth values are mostly True, weights are positive, and other numbers
    are within their bounds.

    Parameters
    ----------
    objective : Objective
    samples : int
        Length of the axes B and N.
    seed : int
    **sizes : int
        Lengths of other axes: D, M, K.
    """
    rng = np.random.default_rng(seed)
    lengths = SIZES | sizes | {"B": samples, "N": samples}

    def made(argument: Argument) -> Any:
        shape = [int(lengths.get(axis, axis)) for axis in argument.dims[0]]
        if argument.role.dtype == "integral":
            return rng.integers(0, 3, size=shape)
        if argument.role.high < math.inf:
            return rng.uniform(argument.role.low, argument.role.high, size=shape)
        if argument.kind == "weights" or argument.role.is_bounded:
            return rng.uniform(0.5, 1.5, size=shape)
        return rng.random(shape) < 0.8 if argument.role.dtype == "bool" else rng.normal(size=shape)

    return {
        name: made(argument)
        for name, argument in objective.arguments.items()
        if argument.is_array and argument.required
    }

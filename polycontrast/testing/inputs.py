"""Random numbers in the shapes that the signature of an objective declares."""

from typing import Any

import numpy as np

from polycontrast.objective import Objective

SIZES = {"D": 6, "M": 3, "K": 4}  # lengths of axes that are not axes of samples


def random_arrays(objective: Objective, samples: int, seed: int, **sizes: int) -> dict[str, Any]:
    """Standard normal numbers for every array that the objective needs, in float64.

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
    return {
        name: rng.normal(size=[int(lengths.get(axis, axis)) for axis in argument.dims[0]])
        for name, argument in objective.arguments.items()
        if argument.is_array and argument.required
    }

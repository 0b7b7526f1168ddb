"""Orders in which the samples of each view are taken."""

from typing import Any

import numpy as np

from polycontrast.arrays import as_count
from polycontrast.sampling.seeds import generator_of


def sample_permutations(seed_or_generator: Any, views: int, samples: int) -> np.ndarray:
    """Draw the orders that `symile` takes.

    Parameters
    ----------
    seed_or_generator : int or numpy.random.Generator
    views : int
        Number M of views, at least 2.
    samples : int
        Size B of the batch, at least 1.

    Returns
    -------
    permutations : integer array (M, M, B)
        Each ``permutations[m, r]`` is a random permutation of the samples, independent of the
        others.

    Raises
    ------
    TypeError
        When there is no seed and no NumPy generator.
    ValueError
        When `views` is no integer above 1, or `samples` is no integer above 0.

    Notes
    -----
    NumPy draws the numbers, so one seed gives the same orders for every library. Draw new ones in
    each step, with one generator.

    Examples
    --------
    >>> import polycontrast as pc
    >>> orders = pc.sample_permutations(0, 3, 4)
    >>> orders.shape, sorted(orders[0, 1].tolist())
    ((3, 3, 4), [0, 1, 2, 3])
    """
    name = "sample_permutations"
    rng = generator_of(name, seed_or_generator)
    m, b = as_count(name, "views", views, least=2), as_count(name, "samples", samples)
    return rng.permuted(np.broadcast_to(np.arange(b), (m, m, b)), axis=-1)

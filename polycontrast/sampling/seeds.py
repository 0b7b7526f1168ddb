"""The generator of a random choice, from what the caller gives."""

from typing import Any

import numpy as np


def generator_of(name: str, seed_or_generator: Any) -> np.random.Generator:
    """The generator itself, or a new one from a seed.

    Parameters
    ----------
    name : str
        First word of errors.
    seed_or_generator : int or numpy.random.Generator

    Raises
    ------
    TypeError
        When it is neither.
    """
    if isinstance(seed_or_generator, np.random.Generator):
        return seed_or_generator
    if isinstance(seed_or_generator, (int, np.integer)) and not isinstance(seed_or_generator, bool):
        return np.random.default_rng(seed_or_generator)
    got = type(seed_or_generator).__name__
    raise TypeError(
        f"{name}: seed_or_generator must be an int or a numpy.random.Generator, got {got}"
    )

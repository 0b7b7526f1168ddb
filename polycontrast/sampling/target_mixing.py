"""Shares of rows with real targets that are mixed."""

from typing import Any

import numpy as np

from polycontrast.arrays import as_count, as_floats
from polycontrast.sampling.seeds import generator_of


def supremix_lam(
    seed_or_generator: Any,
    samples: int,
    views: int | None = None,
    *,
    alpha: float = 2.0,
    beta: float = 8.0,
) -> np.ndarray:
    r"""Draw the share of each row in its mixture with each other row, for `supremix`.

    Parameters
    ----------
    seed_or_generator : int or numpy.random.Generator
    samples : int
        Size B of the batch, at least 1.
    views : int, optional
        Number M of views of each sample, at least 1, where `supremix` gets views.
    alpha, beta : float, > 0, default 2.0 and 8.0
        Shares are from the distribution Beta(alpha, beta). By default, which is the authors', a
        mixture is mostly the other row.

    Returns
    -------
    lam : float64 array (B, B), or (M, B, M, B)

    Raises
    ------
    TypeError
        When there is no seed and no NumPy generator, or no number where one is due.
    ValueError
        When a count is no integer above 0, or `alpha` or `beta` is not finite and above 0.

    References
    ----------
    Y. Wu et al., "Mixup Your Own Pairs" (SupReMix), 2023, arXiv 2309.16633.

    Examples
    --------
    >>> import polycontrast as pc
    >>> pc.supremix_lam(0, 4).shape, pc.supremix_lam(0, 4, 2).shape
    ((4, 4), (2, 4, 2, 4))
    """
    name = "supremix_lam"
    rng, samples = generator_of(name, seed_or_generator), as_count(name, "samples", samples)
    shape = (samples,) if views is None else (as_count(name, "views", views), samples)
    alpha, beta = as_floats(name, alpha=alpha, beta=beta)
    for what, number in {"alpha": alpha, "beta": beta}.items():
        if not 0 < number < np.inf:
            raise ValueError(f"{name}: {what} must be finite and > 0, got {number}")
    return rng.beta(alpha, beta, size=(*shape, *shape))

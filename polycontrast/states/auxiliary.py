"""The auxiliary variable of `gamma_info_nce`, and the normaliser that it is based on."""

import math
from typing import Any

import numpy as np

from polycontrast.arrays import (
    Array,
    check_floating,
    describe,
    like,
    namespace,
    plain,
    row_dot,
)
from polycontrast.calculus import unit_rows
from polycontrast.contrast.views.other_items import other_items
from polycontrast.objective import Embeddings, Ids, Normalize, Positive, Temperature, measured
from polycontrast.sampling.seeds import generator_of
from polycontrast.similarity import Similarity
from polycontrast.states.moving_average import check_gamma, log_moving_average


def sample_auxiliary(
    log_normalizer: Array, seed_or_generator: Any = None, *, draws: int | None = 1
) -> Array:
    r"""Draw the logarithm of the auxiliary variable of each anchor.

    Parameters
    ----------
    log_normalizer : array (...,)
        Logarithm of the normaliser :math:`Z_i`: the state of the samples before this batch.
    seed_or_generator : int or numpy.random.Generator, optional
        Needed unless `draws` is None.
    draws : int or None, default 1
        Number of independent variables whose mean is returned. None: their expectation, which is
        not random.

    Returns
    -------
    log_auxiliary : array
        It has the shape, dtype, library and device of `log_normalizer`.

    Raises
    ------
    TypeError, ValueError
        When `log_normalizer` is not a real floating array, when there is no seed and no NumPy
        generator, or when `draws` is neither None nor an integer above 0.

    Notes
    -----
    The result is :math:`\log g - \log Z_i`. Here g is from the gamma distribution of shape `draws`
    and mean 1, whose variance is 1/draws. NumPy draws the numbers, so that one seed gives the same
    numbers on every library. With ``jax.jit``, draw outside of the compiled function. See
    `gamma_info_nce`.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> log_z = np.zeros(4)
    >>> pc.sample_auxiliary(log_z, 0).shape
    (4,)
    >>> bool((pc.sample_auxiliary(log_z, 0) == pc.sample_auxiliary(log_z, 0)).all())
    True
    """
    name = "sample_auxiliary"
    check_floating(name, log_normalizer=log_normalizer)
    # For 0-d arrays NumPy returns scalars, which are no arrays.
    xp, draws = namespace(log_normalizer), plain(draws)
    if draws is None:
        return xp.asarray(-log_normalizer)
    if not isinstance(draws, int) or isinstance(draws, bool) or draws < 1:
        raise ValueError(f"{name}: draws must be None or an integer >= 1, got {describe(draws)}")
    generator = generator_of(name, seed_or_generator)
    drawn = generator.standard_gamma(draws, size=tuple(log_normalizer.shape)) / draws
    numbers = np.log(np.maximum(drawn, np.finfo(np.float64).tiny))
    return xp.asarray(like(numbers, log_normalizer) - log_normalizer)


@measured
def log_normalizer(
    x: Embeddings,
    y: Embeddings,
    ids: Ids | None = None,
    *,
    temperature: Temperature = 0.1,
    scale: Positive = 1.0,
    include_positive: bool = True,
    normalize: Normalize = True,
) -> Array:
    r"""Logarithm of the normaliser of each row of `x`, for the state of `gamma_info_nce`.

    Parameters
    ----------
    x, y : array (B, D)
        Row i of both is the same sample. For the other direction, exchange `x` and `y`.
    ids, temperature, scale, include_positive, normalize
        As in `gamma_info_nce`. Execution options such as ``tile=`` or ``comm=`` are also accepted.

    Returns
    -------
    log_z : array (B,)
        It has no gradient. It is -inf for an empty sum: B = 1, or no other item, without the
        positive.

    Raises
    ------
    ValueError, TypeError
        As `gamma_info_nce` does.

    Notes
    -----
    .. math:: \log \Big( e^{l_{ii}} + c \sum_{j \ne i} e^{l_{ij}} \Big)

    The cost is one matrix product of all pairs, in O(B D) memory.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> pc.log_normalizer(np.eye(3), np.eye(3), temperature=1.0).round(6).tolist()
    [1.551445, 1.551445, 1.551445]
    """
    xp = namespace(x)
    a, _ = unit_rows(x, normalize)
    b, _ = unit_rows(y, normalize)
    matrix = Similarity(a, b, scale=1 / temperature, pairs=other_items(ids))
    others, _, _ = matrix.logsumexp(columns=False)
    others = others + math.log(scale)
    return xp.logaddexp(others, row_dot(a, b) / temperature) if include_positive else others


def update_log_normalizer(old: Array, new: Array, gamma: float) -> Array:
    r"""Moving average of the state of the samples of a batch, with the values of this batch.

    Parameters
    ----------
    old : array
        State of the samples of this batch; -inf for samples without a state.
    new : array of the same shape
        Result of `log_normalizer` for this batch; -inf where it has nothing to add.
    gamma : float in (0, 1]
        Weight of the new value. A weight that falls with the step, such as :math:`t^{-0.7}`,
        averages out the noise of single batches.

    Returns
    -------
    log_normalizer : array
        :math:`\log\big((1 - \gamma) e^{\mathrm{old}} + \gamma e^{\mathrm{new}}\big)`; `new` where
        `old` is -inf, and `old` where `new` is.

    Raises
    ------
    ValueError
        When the shapes differ or gamma is outside (0, 1].

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> old, new = np.asarray([0.0, -np.inf]), np.asarray([1.0, 2.0])
    >>> pc.update_log_normalizer(old, new, 0.5).round(6).tolist()
    [0.620115, 2.0]
    """
    check_gamma("update_log_normalizer", gamma)
    check_floating("update_log_normalizer", old=old, new=new)
    if tuple(old.shape) != tuple(new.shape):
        shapes = f"old {tuple(old.shape)} and new {tuple(new.shape)}"
        raise ValueError(f"update_log_normalizer: old and new must have equal shapes, got {shapes}")
    return log_moving_average(old, new, gamma)

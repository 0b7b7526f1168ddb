"""The state of `global_contrastive`: a moving average of the normaliser of each sample."""

import math
from typing import Annotated, Any, Literal

from polycontrast.arrays import Array, device, finite_or_zero, namespace, row_dot, safe_log
from polycontrast.calculus import unit_rows
from polycontrast.contrast import count_others, other_items
from polycontrast.losses.estimators.global_contrastive import global_contrastive
from polycontrast.objective import (
    Embeddings,
    Ids,
    Normalize,
    Role,
    State,
    Temperatures,
    at_least_two,
    measured,
)
from polycontrast.similarity import PerAnchor, Similarity
from polycontrast.states.moving_average import log_moving_average

Share = Annotated[float, Role("option", low=0.0, high=1.0, open_low=True)]


@measured
def update_log_u(
    x: Embeddings,
    y: Embeddings,
    log_u: State,
    temperature: Temperatures = 0.1,
    ids: Ids | None = None,
    *,
    gamma: Share = 0.9,
    negatives: Literal["cross", "all"] = "cross",
    relative: bool = True,
    normalize: Normalize = True,
) -> Array:
    r"""Moving average of the state of the samples of a batch, with the values of this batch.

    Parameters
    ----------
    x, y : array (B, D)
        At least 2 samples; row i of both is the same sample.
    log_u : array (B,) or (2, B)
        State of these samples before the step; -inf for samples without a state.
    temperature, ids, negatives, relative, normalize
        As in `global_contrastive`. A sample that `ids` leave without a negative keeps its state.
        Execution options such as ``tile=`` or ``comm=`` are also
        accepted.
    gamma : float in (0, 1], default 0.9
        Weight of the new value. FastCLIP decreases it from 1 to a minimum by a cosine over the
        first half of training, which is better than a constant.

    Returns
    -------
    log_u : array (2, B)
        State for the loss of this step. If both directions share a state, keep the logarithm of the
        mean, ``np.logaddexp(*log_u) - np.log(2)``.

    Raises
    ------
    ValueError, TypeError
        As `global_contrastive` does, and when gamma is outside (0, 1].

    Notes
    -----
    .. math:: \log u_i' = \log\big((1 - \gamma) e^{\log u_i} + \gamma g_i\big),
              \qquad g_i = \frac{1}{K} \sum_z e^{h_{iz} / \tau_i},

    and :math:`\log g_i` for samples without a state. This is the rule of FastCLIP; LibAUC starts
    from 0 and needs ``gamma=1`` in its first epoch. The published codes keep a running maximum;
    here the logarithm replaces it. The state is kept when a temperature changes, as in these codes.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, state = np.eye(4), np.full((2, 10), -np.inf)  # of 10 samples
    >>> batch = np.asarray([7, 2, 0, 4])
    >>> log_u = pc.update_log_u(x, x, pc.gather_state(state, batch), temperature=1.0)
    >>> state = pc.scatter_state(state, batch, log_u)
    >>> log_u[0].round(6).tolist(), int(np.isinf(state[0]).sum())
    ([-1.0, -1.0, -1.0, -1.0], 6)
    """
    xp = namespace(x)
    at_least_two("x and y", x.shape[0], "a negative")
    a, _ = unit_rows(x, normalize)
    b, _ = unit_rows(y, normalize)
    match = row_dot(a, b)
    zeros = xp.zeros_like(xp.stack([match, match], axis=0))
    tau = zeros + (temperature[None, :] if temperature.ndim == 1 else temperature)
    slope = 1 / tau
    shift = -slope * match[None, :] if relative else zeros
    sides = [(slope[d, :], shift[d, :]) for d in range(2)]
    options = {
        "scale": xp.asarray(1.0, dtype=a.dtype, device=device(a)),
        "pairs": other_items(ids),
    }
    *across, _ = Similarity(a, b, score=PerAnchor(*sides), **options).logsumexp()
    log_sums = xp.stack(across, axis=0)
    log_n = finite_or_zero(safe_log(count_others(ids, x)))[None, :]
    if negatives == "all":
        within = [
            Similarity(z, score=PerAnchor(side), what=what, **options).logsumexp()[0]
            for z, side, what in zip((a, b), sides, ("x", "y"), strict=True)
        ]
        log_sums = xp.logaddexp(log_sums, xp.stack(within, axis=0)) - math.log(2)
    old = zeros + (log_u[None, :] if log_u.ndim == 1 else log_u)
    return log_moving_average(old, log_sums - log_n, gamma)


def global_contrastive_step(
    x: Array,
    y: Array,
    log_u: Array,
    temperature: Any = 0.1,
    *,
    gamma: float = 0.9,
    rho: float = 0.0,
    reduction: str = "mean",
    wrt: str | tuple[str, ...] | None = None,
    **options: Any,
) -> tuple[Array, Any, Array]:
    """Update of the state with a batch, then value and gradient of `global_contrastive`.

    Parameters
    ----------
    x, y, log_u, temperature, gamma
        As in `update_log_u`: `log_u` is the state before the step.
    rho, reduction
        As in `global_contrastive`.
    wrt : str or tuple of str, optional
        Arguments to differentiate. Default: `x`, `y`, and the temperature if it is an array.
    **options
        `ids`, `negatives`, `relative`, `normalize` and execution options, for both functions.

    Returns
    -------
    value : 0-d array
    grads : named tuple
    log_u : array (2, B)
        State after the step.

    Raises
    ------
    ValueError, TypeError
        As `update_log_u` and `global_contrastive` do.

    Notes
    -----
    There are two passes over the pairs, as in InfoNCE: one for the normalisers of this batch, and
    one for value and gradient. The function only makes two calls, ``update_log_u`` and then the
    loss. With an autodiff framework, make these two calls yourself.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, seen = np.eye(3), np.full((2, 3), -np.inf)
    >>> value, grads, log_u = pc.global_contrastive_step(x, x, seen, temperature=1.0)
    >>> float(value.round(6)), grads._fields, log_u.shape
    (-1.0, ('x', 'y'), (2, 3))
    """
    log_u = update_log_u(x, y, log_u, temperature, gamma=gamma, **options)
    value, grads = global_contrastive.value_and_grad(
        x, y, log_u, temperature, rho=rho, reduction=reduction, wrt=wrt, **options
    )
    return value, grads, log_u

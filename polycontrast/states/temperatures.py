"""Individual temperatures, learned by gradient descent of their own."""

import math

from polycontrast.arrays import Array, as_floats, check_floating, namespace


def update_temperature(
    temperature: Array,
    momentum: Array,
    grad: Array,
    *,
    eta: float = 0.01,
    beta: float = 0.9,
    min: float = 0.005,
    max: float = 0.05,
) -> tuple[Array, Array]:
    r"""One step of gradient descent with momentum, on the temperatures of the samples of a batch.

    Parameters
    ----------
    temperature : array (B,) or (2, B), or 0-d
        Temperatures of the samples of this batch.
    momentum : array of the same shape
        Momentum of these samples; zeros at the start.
    grad : array of the same shape
        Derivative of the loss of each anchor with respect to its temperature, which is the gradient
        under ``reduction="sum"``. If both directions share a temperature (B,), pass half of that
        gradient, which is the mean over the directions.
    eta : float, default 0.01
        Step size, > 0.
    beta : float in [0, 1], default 0.9
        Weight of the new gradient in the momentum, as in the paper.
    min, max : float, default 0.005, 0.05
        Bounds of the temperatures. LibAUC uses 0.005 and 0.05 for two modalities, with start at
        0.01 and ``rho=6.0``. It uses 0.05 and 0.7 for two views of an image, with start at 0.1 and
        ``rho=0.3``.

    Returns
    -------
    temperature, momentum : arrays
        New temperatures and momentum.

    Raises
    ------
    ValueError
        When the shapes differ, or ``eta > 0``, ``0 <= beta <= 1`` or ``0 < min <= max`` is false.

    Notes
    -----
    .. math:: m' = (1 - \beta) m + \beta g, \qquad \tau' = \mathrm{clip}(\tau - \eta m', \min, \max)

    The authors' code also clips g, to 3 (one modality) or 5 (two).

    References
    ----------
    Z. Qiu et al., "Not All Semantics are Created Equal", ICML 2023, arXiv 2305.11965.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> tau, m = np.asarray([0.02, 0.02]), np.zeros(2)
    >>> tau, m = pc.update_temperature(tau, m, np.asarray([1.0, -9.0]))
    >>> tau.round(6).tolist(), m.tolist()
    ([0.011, 0.05], [0.9, -8.1])
    """
    name = "update_temperature"
    check_floating(name, temperature=temperature, momentum=momentum, grad=grad)
    eta, beta, min, max = as_floats(name, eta=eta, beta=beta, min=min, max=max)
    shapes = [tuple(t.shape) for t in (temperature, momentum, grad)]
    if len(set(shapes)) > 1:
        got = ", ".join(map(str, shapes))
        raise ValueError(
            f"{name}: temperature, momentum and grad must have equal shapes, got {got}"
        )
    if not (eta > 0 and math.isfinite(eta)):
        raise ValueError(f"{name}: eta must be finite and > 0, got {eta}")
    if not 0 <= beta <= 1:
        raise ValueError(f"{name}: beta must be in [0, 1], got {beta}")
    if not 0 < min <= max < math.inf:
        raise ValueError(f"{name}: 0 < min <= max must hold, got min={min} and max={max}")
    xp = namespace(temperature)
    # For 0-d arrays NumPy returns scalars, which the next step would refuse.
    momentum = xp.asarray((1 - beta) * momentum + beta * grad)
    return xp.asarray(xp.clip(temperature - eta * momentum, min, max)), momentum

"""Individual temperatures, learned by their own descent."""

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
    r"""One step of descent with momentum on the temperatures of a batch's samples.

    Parameters
    ----------
    temperature : array (B,) or (2, B), or 0-d
        Of the samples of this batch.
    momentum : array of the same shape
        Zeros for samples never seen.
    grad : array of the same shape
        Derivative of each anchor's own loss by its temperature: the gradient under
        ``reduction="sum"``; where both directions share a temperature (B,), half of it, which is
        their mean.
    eta : float, default 0.01
        Step size, > 0.
    beta : float in [0, 1], default 0.9
        Weight of the new gradient in the momentum, as the authors write it.
    min, max : float, default 0.005, 0.05
        Bounds of the temperatures. LibAUC: 0.005 and 0.05 for two modalities, from 0.01 and with
        ``rho=6.0``; 0.05 and 0.7 for two views of an image, from 0.1 and with ``rho=0.3``.

    Returns
    -------
    temperature, momentum : arrays
        New ones.

    Raises
    ------
    ValueError
        When the shapes differ, or not ``eta > 0``, ``0 <= beta <= 1``, ``0 < min <= max``.

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
    momentum = (1 - beta) * momentum + beta * grad
    return namespace(temperature).clip(temperature - eta * momentum, min, max), momentum

"""Feature maps with a style that is changed against the loss."""

from typing import Annotated, Any

from polycontrast.arrays import infinite_to_nan, inner, namespace
from polycontrast.objective import (
    BadArgument,
    Constant,
    Held,
    Positive,
    Role,
    objective,
    whole_batch,
)

_MEANS = "Scale of the change of the mean of each channel. Its gradient is reversed."
_DEVIATIONS = "Scale of the change of each channel's deviation. Its gradient is reversed."
_NOISE = "Standard normal numbers."
_COTANGENT = "Weight of each entry. The value is then the weighted sum of all entries."
FeatureMaps = Annotated[Any, Role("rows", ("B C H W",), about="Feature maps of C channels.")]
Means = Annotated[Any, Role("rows", ("C",), about=_MEANS)]
Deviations = Annotated[Any, Role("rows", ("C",), about=_DEVIATIONS)]
Noise = Annotated[Any, Constant("B C", about=_NOISE)]
Cotangent = Annotated[Any, Role("rows", ("B C H W",), about=_COTANGENT)]


@objective(invariances=("sample_permutation",), held=Held("adv_mu", "adv_sigma"))
def adv_style(
    x: FeatureMaps,
    adv_mu: Means,
    adv_sigma: Deviations,
    noise_mu: Noise,
    noise_sigma: Noise,
    cotangent: Cotangent | None = None,
    *,
    adv_weight: float = 1.0,
    eps: Positive = 1e-6,
):
    r"""Feature maps with noise in the mean and deviation of each channel, at adversarial scales.

    .. math:: \frac{x - \mu}{\sigma} \, (\sigma + n_\sigma a_\sigma) + \mu + n_\mu a_\mu,\quad
              \sigma^2 = \frac{1}{P - 1} \sum_p (x_p - \mu)^2 + \epsilon

    Parameters
    ----------
    adv_weight
        Factor of the reversed gradients, the authors' value.
    eps
        Number :math:`\epsilon` that is added to the variances, the authors' value.

    Returns
    -------
    maps : array (B, C, H, W), or 0-d array with `cotangent`
        `adv_style.vjp` takes a cotangent of this shape; `adv_style.value_and_grad` needs
        `cotangent`.

    Raises
    ------
    ValueError
        When a map has a single position.

    Notes
    -----
    Mean :math:`\mu` and deviation :math:`\sigma` are those of the P positions of a channel of an
    image; :math:`a` stands for `adv_mu` and `adv_sigma`, n for the noise. The gradients of `adv_mu`
    and `adv_sigma` are those of the value times ``-adv_weight``. So the step of an optimiser that
    lowers the loss in the network raises it in the style. With :math:`\hat x = (x - \mu) / \sigma`,
    :math:`d = n_\sigma a_\sigma` and :math:`h = \sum_p g_p \hat x_p`, the gradient of x is

    .. math:: g + \frac{d}{\sigma} \Big( g - \bar g - \frac{h}{P - 1} \hat x \Big).

    Start `adv_mu` and `adv_sigma` with the deviations of :math:`\mu` and of :math:`\sigma` over a
    first batch. The authors change the style so in a third of the steps. In another third they take
    these deviations as constants, and in the last they leave x as it is. Noise of 0 gives x.

    References
    ----------
    Y. Zhang, B. Deng, R. Li, K. Jia, L. Zhang, "Adversarial Style Augmentation for Domain
    Generalization", 2023, arXiv 2301.12643.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, one = np.asarray([0.0, 2.0]).reshape(1, 1, 1, 2), np.ones((1, 1))
    >>> pc.adv_style(x, one[0], one[0], one, 0 * one).ravel().tolist()
    [1.0, 3.0]
    """
    positions = x.shape[2] * x.shape[3]
    if positions < 2:
        raise BadArgument(f"x must have two positions or more per channel, got {tuple(x.shape)}")
    xp, axes = namespace(x), (2, 3)
    x, adv_mu, adv_sigma = map(infinite_to_nan, (x, adv_mu, adv_sigma))
    noise_mu, noise_sigma = map(infinite_to_nan, (noise_mu, noise_sigma))
    mean = xp.mean(x, axis=axes, keepdims=True)
    centred = x - mean
    variance = xp.sum(centred * centred, axis=axes, keepdims=True) / (positions - 1)
    sigma = xp.sqrt(variance + eps)
    unit = centred / sigma
    stretch = (noise_sigma * adv_sigma[None, :])[:, :, None, None]
    out = x + stretch * unit + (noise_mu * adv_mu[None, :])[:, :, None, None]

    def pull(g):
        along = xp.sum(g * unit, axis=axes, keepdims=True)
        apart = g - xp.mean(g, axis=axes, keepdims=True) - unit * (along / (positions - 1))
        # The value is linear in the scales: the added zero shows a nan in the gradient as well.
        shifts = noise_mu * xp.sum(g, axis=axes) + 0 * adv_mu[None, :]
        stretches = noise_sigma * along[:, :, 0, 0] + 0 * adv_sigma[None, :]
        return {
            "x": g + (stretch / sigma) * apart,
            "adv_mu": -adv_weight * xp.sum(shifts, axis=0),
            "adv_sigma": -adv_weight * xp.sum(stretches, axis=0),
        }

    if cotangent is None:
        return out, pull
    weights = infinite_to_nan(cotangent)
    return whole_batch().sum(
        inner(out, weights)
    ), lambda g: pull(g * weights) | {"cotangent": g * out}

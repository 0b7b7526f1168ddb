"""The difference in structure of two images, under a window that moves over both."""

from typing import Annotated, Any

from polycontrast.arrays import namespace
from polycontrast.objective import BadArgument, Role

_RANGE = "Difference of the largest and the smallest possible pixel."
_SIZE = "Side of the window, in pixels."
_SIGMA = "Width of the window, in pixels."
_K1 = "Root of the constant of the luminance, over the data range."
_K2 = "Root of the constant of contrast and structure, over the data range."
Images = Annotated[Any, Role("rows", ("B C H W",), about="Images of C channels.")]
DataRange = Annotated[float, Role("option", low=0.0, open_low=True, about=_RANGE)]
WindowSize = Annotated[int, Role("option", low=1, integer=True, about=_SIZE)]
WindowWidth = Annotated[float, Role("option", low=0.0, open_low=True, about=_SIGMA)]
LightRoot = Annotated[float, Role("option", low=0.0, open_low=True, about=_K1)]
StructureRoot = Annotated[float, Role("option", low=0.0, open_low=True, about=_K2)]


def check_sides(shape, window_size, scales):
    """Refuse images that are smaller than the window at the last of these scales."""
    least = (window_size - 1) * 2 ** (scales - 1)
    if min(shape[-2:]) <= least:
        many = f" at {scales} scales" if scales > 1 else ""
        text = f"a window_size of {window_size}{many} needs images with sides above {least}"
        raise BadArgument(f"{text}, got x {tuple(shape)}")


def structure_loss(x, y, window, c1, c2, luminance):
    """Mean of ``1 - cs`` over the positions of the window, or of ``1 - l cs`` with `luminance`.

    Differences of the images are averaged themselves, so that the loss keeps its digits where the
    images are nearly equal. With a, b and e the means of x, y and ``x - y``, v the variance of
    ``x - y`` and s the sum of the variances of x and y,

        1 - l = e^2 / (a^2 + b^2 + c1),    1 - cs = v / (s + c2).

    Parameters
    ----------
    x, y : array (B, C, H, W)
    window : GaussianWindow
    c1, c2 : float
    luminance : bool

    Returns
    -------
    loss : array (B, C)
    back : callable
        From dL/dloss to the gradients by x and y.
    """
    xp = namespace(x)

    def shifted(t):
        mean = xp.mean(t, axis=(-2, -1), keepdims=True)
        return t - mean, mean

    # Variances do not change with a shift, and squares of shifted entries keep more digits.
    (p, of_x), (q, _), (d, of_d) = shifted(x), shifted(y), shifted(x - y)
    a, e = window.means(p), window.means(d)
    below = window.means(p * p + q * q) - a * a - (a - e) ** 2 + c2
    contrast = (window.means(d * d) - e * e) / below

    def light_and_slopes():
        """``1 - l``, and half of its derivatives by a and b."""
        mean_a, mean_e = a + of_x, e + of_d
        mean_b = mean_a - mean_e
        total = mean_a * mean_a + mean_b * mean_b + c1
        light = mean_e * mean_e / total
        return light, (mean_e - mean_a * light) / total, -(mean_e + mean_b * light) / total

    excess = contrast
    if luminance:
        light = light_and_slopes()[0]
        excess = contrast + light - light * contrast
    positions = a.shape[-2] * a.shape[-1]

    def back(g):
        g = (g / positions)[..., None, None]
        gv, ga, gb = g / below, 0.0, 0.0
        if luminance:
            light, by_a, by_b = light_and_slopes()
            gv, gl = gv * (1 - light), 2 * g * (1 - contrast)
            ga, gb = gl * by_a, gl * by_b
        gs = -gv * contrast
        ga, gb = ga - 2 * (a * gs + e * gv), gb - 2 * ((a - e) * gs - e * gv)
        on_squares, on_difference = window.adjoint(gs), d * window.adjoint(gv)
        gx = window.adjoint(ga) + 2 * (p * on_squares + on_difference)
        gy = window.adjoint(gb) + 2 * (q * on_squares - on_difference)
        return gx, gy

    return xp.mean(excess, axis=(-2, -1)), back

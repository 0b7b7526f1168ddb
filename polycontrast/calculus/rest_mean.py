"""The mean of a sample's other views."""

from collections.abc import Callable

from polycontrast.arrays import Array, constant, namespace


def rest_mean(z: Array, share: Array) -> tuple[Array, Callable[[Array], Array]]:
    """Mean over the other views: ``T[a, i] = share[i] (sum_b z[b, i] - z[a, i])``.

    The map is symmetric in the views, so it is its own pullback. Entries as small as the
    round-off of terms that cancel are 0: a mean of antipodal rows must not be scaled up.

    Parameters
    ----------
    z : array (M, B, D)
        Rows of missing views are 0.
    share : array (B,)
        One over the number of other views.

    Returns
    -------
    means : array (M, B, D)
    back : callable
        From dL/dmeans to dL/dz.
    """

    def of_others(t: Array) -> Array:
        return (namespace(t).sum(t, axis=0, keepdims=True) - t) * share[None, :, None]

    xp = namespace(z)
    means = of_others(z)
    rounding = 4 * xp.finfo(z.dtype).eps * xp.sum(xp.abs(z), axis=0, keepdims=True)
    noise = xp.abs(means) <= rounding * share[None, :, None]
    # Subtracted as a constant: the derivative stays that of the mean, also where entries are 0.
    return means - constant(xp.where(noise, means, xp.zeros_like(means))), of_others

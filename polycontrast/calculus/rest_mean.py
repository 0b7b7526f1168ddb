"""The mean of a sample's other views."""

from collections.abc import Callable

from polycontrast.arrays import Array, namespace


def rest_mean(z: Array) -> tuple[Array, Callable[[Array], Array]]:
    """Mean over the other views: ``T[a] = (sum_b z[b] - z[a]) / (M - 1)``.

    The map is symmetric in the views, so it is its own pullback.

    Parameters
    ----------
    z : array (M, B, D)

    Returns
    -------
    means : array (M, B, D)
    back : callable
        From dL/dmeans to dL/dz.
    """

    def of_others(t: Array) -> Array:
        return (namespace(t).sum(t, axis=0, keepdims=True) - t) / (t.shape[0] - 1)

    return of_others(z), of_others

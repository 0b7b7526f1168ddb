"""Inner products between the views of each sample."""

from collections.abc import Callable

from polycontrast.arrays import Array, namespace


def sample_gram(z: Array) -> tuple[Array, Callable[[Array], Array]]:
    """Gram matrix of each sample's views: ``s[a, b, i] = <z_ai, z_bi>``.

    Each product has two arguments: ``dz_ai = sum_b (g[a, b, i] + g[b, a, i]) z_bi``.
    Cost O(B M^2 D).

    Parameters
    ----------
    z : array (M, B, D)

    Returns
    -------
    s : array (M, M, B)
    back : callable
        From dL/ds to dL/dz.
    """
    xp = namespace(z)
    by_sample = xp.permute_dims(z, (1, 0, 2))
    s = xp.permute_dims(xp.matmul(by_sample, xp.matrix_transpose(by_sample)), (1, 2, 0))

    def back(g: Array) -> Array:
        both = xp.permute_dims(g + xp.permute_dims(g, (1, 0, 2)), (2, 0, 1))
        return xp.permute_dims(xp.matmul(both, by_sample), (1, 0, 2))

    return s, back

"""Columns of mean 0 and covariance I, in groups."""

from collections.abc import Callable

from polycontrast.arrays import (
    Array,
    constant,
    differentiated,
    eigh,
    infinite_to_nan,
    namespace,
)


def whitened(
    x: Array,
    groups: int,
    eps: float,
    held: bool,
    samples: int,
    total: Callable[[Array], Array],
) -> tuple[Array, Callable[[Array], Array]]:
    """Centre the columns, and multiply each group of them by the inverse root of its covariance.

    With ``c = x - mean``, ``S = c^T c / n`` and ``W = (S + eps I)^(-1/2)``, ``out = c W`` and
    ``dS = D W(S)[c^T g]``, ``dc = g W + (2 / n) c dS``, of which ``dx`` is the part of mean 0.

    Parameters
    ----------
    x : array (B, D)
    groups : int
        Number of groups of consecutive columns; it divides D.
    eps : float
    held : bool
        Whether W is a constant in the pullback.
    samples : int
        Rows of all ranks.
    total : callable
        Sum over the ranks.

    Returns
    -------
    out : array (B, D)
    back : callable
        From dL/dout to dL/dx.
    """
    xp, (rows, width) = namespace(x), x.shape

    def apart(t: Array) -> Array:
        return xp.permute_dims(xp.reshape(t, (rows, groups, width // groups)), (1, 0, 2))

    def together(t: Array) -> Array:
        return xp.reshape(xp.permute_dims(t, (1, 0, 2)), (rows, width))

    def centred(t: Array) -> Array:
        return t - total(xp.sum(t, axis=1, keepdims=True)) / samples

    # Twice: the rounding of the mean of rows far from 0 is as large as close rows are apart.
    c = centred(centred(apart(infinite_to_nan(x))))
    covariance = total(xp.matmul(xp.matrix_transpose(c), c)) / samples
    root, pull = inverse_root(covariance, eps)

    def back(g: Array) -> Array:
        g = apart(g)
        on_c = xp.matmul(g, root)
        if not held:
            on_covariance = pull(total(xp.matmul(xp.matrix_transpose(c), g)))
            on_c = on_c + (2 / samples) * xp.matmul(c, on_covariance)
        return together(centred(on_c))

    return together(xp.matmul(c, root)), back


def inverse_root(s: Array, eps: float) -> tuple[Array, Callable[[Array], Array]]:
    """Inverse square root ``(S + eps I)^(-1/2)`` of symmetric matrices.

    With eigenvalues ``r_k^2`` of ``S + eps I`` and eigenvectors U,
    ``dS = U (K * (U^T g U)) U^T`` for the divided differences ``K_kl = -1 / (r_k r_l (r_k + r_l))``
    of ``r^-1`` as a function of ``r^2``: finite where eigenvalues coincide. Directions without
    variance, up to rounding, are dropped, in both directions.

    The eigenvectors are constants on every tape. Where derivatives are taken, the terms of first
    and second order in ``S`` less its own numbers, which are 0, carry them.

    Parameters
    ----------
    s : array (..., d, d)
    eps : float

    Returns
    -------
    root : array (..., d, d)
    back : callable
        From dL/droot to dL/ds, both with their symmetric parts alone.
    """
    xp, flip = namespace(s), namespace(s).matrix_transpose
    values, u = eigh(s)
    squares = values + eps
    least = s.shape[-1] * xp.finfo(s.dtype).eps * xp.max(squares, axis=-1, keepdims=True)
    there = squares > least
    r = xp.where(there, xp.sqrt(xp.where(there, squares, 1.0)), xp.inf)
    inverse = 1 / r
    pairs = 1 / (r[..., :, None] + r[..., None, :])
    edges = inverse[..., :, None] * inverse[..., None, :]

    def inside(t: Array) -> Array:
        return xp.matmul(flip(u), xp.matmul(t, u))

    def outside(t: Array) -> Array:
        return xp.matmul(u, xp.matmul(t, flip(u)))

    def second(a: Array, b: Array) -> Array:
        """``sum_k f_ikj a_ik b_kj`` with the second divided differences f.

        ``f_ikj = (r_i + r_k + r_j) / (r_i r_k r_j (r_i + r_k) (r_k + r_j) (r_i + r_j))``.
        """
        a, b = a * pairs, b * pairs
        through = xp.matmul(a * inverse[..., None, :], b)
        return edges * (through + pairs * xp.matmul(a, b))

    first = -edges * pairs
    change = inside(s - constant(s)) if differentiated(s) else None
    root = xp.matmul(u * inverse[..., None, :], flip(u))
    if change is not None:
        root = root + outside(first * change + second(change, change))

    def back(g: Array) -> Array:
        g = inside((g + flip(g)) / 2)
        on_s = first * g
        if change is not None:
            on_s = on_s + second(g, change) + second(change, g)
        return outside(on_s)

    return root, back

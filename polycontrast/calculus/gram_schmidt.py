"""Orthonormal bases of the spans of many small tuples of vectors."""

import math
from collections.abc import Callable

from polycontrast.arrays import (
    Array,
    add_,
    fill_,
    infinite_to_nan,
    namespace,
    row_dot,
    subtract_,
)


def gram_schmidt(vectors: list[Array]) -> tuple[list[Array], dict[tuple[int, int], Array]]:
    """Thin QR of ``[v_0 ... v_{k-1}]`` for each row, every step done twice for accuracy.

    A vector in the span of the earlier ones, up to round-off, gets a zero basis vector and a zero
    on the diagonal. One whose square is no finite number makes nan.

    Parameters
    ----------
    vectors : list of k arrays (B, D)

    Returns
    -------
    q : list of k arrays (B, D)
    r : dict
        ``r[c, b]`` (B,) for c <= b, with ``v_b = sum_c q_c r[c, b]``.
    """
    xp = namespace(vectors[0])
    tolerance = 8 * len(vectors) * xp.finfo(vectors[0].dtype).eps
    q: list[Array] = []
    r: dict[tuple[int, int], Array] = {}
    for b, v in enumerate(vectors):
        residual = v * 1
        for _ in range(2):
            for c, basis in enumerate(q):
                part = row_dot(basis, residual)
                residual = subtract_(residual, part[:, None] * basis)
                r[c, b] = r[c, b] + part if (c, b) in r else part
        squares = infinite_to_nan(row_dot(residual, residual))
        flat = squares <= tolerance**2 * row_dot(v, v)
        # No root of 0, which has no second derivative either.
        length = xp.sqrt(xp.where(flat, 1.0, squares))
        q.append(residual / xp.where(flat, xp.full_like(length, math.inf), length)[:, None])
        r[b, b] = xp.where(flat, 0.0, length)
    return q, r


def heights(r: dict[tuple[int, int], Array], count: int) -> Array:
    """Volume (B,) of each tuple: the product of the diagonal."""
    product = r[0, 0]
    for b in range(1, count):
        product = product * r[b, b]
    return product


def volume(z: Array) -> tuple[Array, Callable[[Array], Array]]:
    """Volume of the parallelotope that each sample's vectors span.

    ``dVol/dx_a = F_a e_a`` with F_a the volume of the other vectors and e_a the unit residual of
    x_a against their span: bounded by the others' lengths, and 0 where x_a lies in that span.

    Parameters
    ----------
    z : array (k, B, D)

    Returns
    -------
    volumes : array (B,)
    back : callable
        From dL/dvolumes to dL/dz.
    """
    k = z.shape[0]
    q, r = gram_schmidt([z[a, ...] for a in range(k)])
    volumes = heights(r, k)
    # d(log Vol): the effect of each vector on the height of its tuple.
    return volumes, lambda g: namespace(z).stack(pull_qr(q, r, g * volumes), axis=0)


def pull_qr(
    q: list[Array],
    r: dict[tuple[int, int], Array],
    on_log_height: Array,
    on_basis: list[Array] | None = None,
) -> list[Array]:
    """dL/dvectors from dL/dlog(height) and dL/dq, for a loss that depends on the span only.

    A change of the basis within its span has no effect, so dL/dq counts off the span alone:
    ``dV = (dQ - Q Q^T dQ + w Q) R^{-T}``, by back substitution; 0 for dependent vectors.
    """
    k = len(q)
    totals = [on_log_height[:, None] * basis for basis in q]
    for c, part in enumerate(on_basis or []):
        for basis in q:
            part = part - row_dot(basis, part)[:, None] * basis
        totals[c] = add_(totals[c], part)
    grads: list[Array] = [None] * k
    flat = heights(r, k) == 0
    for c in reversed(range(k)):
        total = totals[c]
        for b in range(c + 1, k):
            total = subtract_(total, r[c, b][:, None] * grads[b])
        # Dependent vectors: 0 / inf.
        grads[c] = total / fill_(r[c, c] * 1, flat, math.inf)[:, None]
    return grads

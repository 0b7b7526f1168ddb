"""Orthonormal bases of the spans of many small tuples of vectors."""

from collections.abc import Callable

from polycontrast.arrays import Array, namespace, row_dot


def gram_schmidt(vectors: list[Array]) -> tuple[list[Array], dict[tuple[int, int], Array]]:
    """Thin QR of ``[v_0 ... v_{k-1}]`` for each row, every step done twice for accuracy.

    A vector in the span of the earlier ones, up to round-off, gets a zero basis vector and a zero
    on the diagonal.

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
        residual = v
        for _ in range(2):
            for c, basis in enumerate(q):
                part = row_dot(basis, residual)
                residual = residual - part[:, None] * basis
                r[c, b] = r[c, b] + part if (c, b) in r else part
        length = xp.sqrt(row_dot(residual, residual))
        flat = length <= tolerance * xp.sqrt(row_dot(v, v))
        ones = xp.ones_like(length)
        unit = residual / xp.where(flat, ones, length)[:, None]
        q.append(xp.where(flat[:, None], xp.zeros_like(unit), unit))
        r[b, b] = xp.where(flat, xp.zeros_like(length), length)
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
    xp, k = namespace(z), z.shape[0]
    vectors = [z[a, ...] for a in range(k)]
    _, r = gram_schmidt(vectors)

    def back(g: Array) -> Array:
        grads = []
        for a in range(k):
            q, s = gram_schmidt([*vectors[:a], *vectors[a + 1 :], vectors[a]])
            others = heights(s, k - 1) if k > 1 else xp.ones_like(g)
            grads.append((g * others)[:, None] * q[-1])
        return xp.stack(grads, axis=0)

    return heights(r, k), back


def pull_qr(
    q: list[Array], r: dict[tuple[int, int], Array], on_basis: list[Array], on_log_height: Array
) -> list[Array]:
    """dL/dvectors from dL/dq and dL/dlog(height), for a loss that sees the span only.

    Moves of the basis within its span change nothing, so dL/dq counts off the span alone:
    ``dV = (dQ - Q Q^T dQ + w Q) R^{-T}``, by back substitution; 0 for dependent vectors.
    """
    xp, k = namespace(q[0]), len(q)
    rest = []
    for part in on_basis:
        for basis in q:
            part = part - row_dot(basis, part)[:, None] * basis
        rest.append(part)
    grads: list[Array] = [None] * k
    flat = heights(r, k) == 0
    for c in reversed(range(k)):
        total = rest[c] + on_log_height[:, None] * q[c]
        for b in range(c + 1, k):
            total = total - r[c, b][:, None] * grads[b]
        safe = xp.where(flat, xp.ones_like(r[c, c]), r[c, c])
        grads[c] = total / safe[:, None]
    zeros = xp.zeros_like(grads[0])
    return [xp.where(flat[:, None], zeros, g) for g in grads]

"""Orthonormal bases of the spans of many small tuples of vectors."""

import functools
import math
from collections.abc import Callable, Sequence

from polycontrast.arrays import (
    Array,
    divide_,
    infinite_to_nan,
    is_numpy,
    namespace,
    row_dot,
    rowwise,
    subtract_,
)

LONG = 0.25  # of the square of a vector: a residual of half its length has lost a single bit


def gram_schmidt(vectors: list[Array]) -> tuple[list[Array], dict[tuple[int, int], Array]]:
    """Thin QR of ``[v_0 ... v_{k-1}]`` for each row.

    A step is done twice, for accuracy, unless all vectors that it leaves are known to be long.
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
    found = rowwise(_gram_schmidt, *vectors)
    k = len(vectors)
    return list(found[:k]), dict(zip(_triangle(k), found[k:], strict=True))


def _triangle(k: int) -> list[tuple[int, int]]:
    """Places of r: those of a column from above, one column after the other."""
    return [(c, b) for b in range(k) for c in range(b + 1)]


def _gram_schmidt(*vectors: Array) -> tuple[Array, ...]:
    """Basis vectors, then the numbers of r."""
    xp = namespace(vectors[0])
    tolerance = 8 * len(vectors) * xp.finfo(vectors[0].dtype).eps
    q: list[Array] = []
    r: dict[tuple[int, int], Array] = {}
    for b, v in enumerate(vectors):
        residual, own = v * 1, row_dot(v, v)
        for _ in range(2):
            for c, basis in enumerate(q):
                part = row_dot(basis, residual)
                residual = subtract_(residual, part[:, None] * basis)
                r[c, b] = r[c, b] + part if (c, b) in r else part
            squares = row_dot(residual, residual) if q else own
            if is_numpy(xp) and xp.all(squares >= LONG * own):
                break
        squares = infinite_to_nan(squares)
        flat = squares <= tolerance**2 * own
        # No root of 0, which has no second derivative either.
        length = xp.sqrt(xp.where(flat, 1.0, squares))
        q.append(residual / xp.where(flat, xp.full_like(length, math.inf), length)[:, None])
        r[b, b] = xp.where(flat, 0.0, length)
    return *q, *(r[place] for place in _triangle(len(vectors)))


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
    return volumes, lambda g: namespace(z).stack(pull_qr(q, r, {k: g * volumes}), axis=0)


def pull_qr(
    q: list[Array],
    r: dict[tuple[int, int], Array],
    on_log_heights: dict[int, Array],
    on_basis: Sequence[Array] = (),
) -> list[Array]:
    """dL/dvectors from dL/dlog(height) and dL/dq, for a loss that depends on spans only.

    A change of the basis within its span has no effect, so dL/dq counts off the span alone:
    ``dV = (dQ - Q Q^T dQ + w Q) R^{-T}``, by back substitution; 0 for dependent vectors.

    Parameters
    ----------
    q : list of k arrays (B, D)
    r : dict
    on_log_heights : dict
        For some numbers n <= k, dL/dlog (B,) of the volumes of the first n vectors. Without a
        volume there is no gradient.
    on_basis : sequence of arrays (B, D), optional
        dL/dq of the span of the first vectors, one for each of them.
    """
    xp, k = namespace(q[0]), len(q)
    factors = [xp.zeros_like(r[0, 0])] * k
    divisors = [r[c, c] for c in range(k)]
    for n in sorted(on_log_heights, reverse=True):
        flat = heights(r, n) == 0
        for c in range(n):
            factors[c] = factors[c] + xp.where(flat, 0.0, on_log_heights[n])
            divisors[c] = xp.where(flat, xp.full_like(r[c, c], math.inf), r[c, c])
    lower = [r[place] for place in _triangle(k)]
    found = rowwise(functools.partial(_pull_qr, k), *q, *lower, *factors, *divisors, *on_basis)
    return list(found) if k > 1 else [found]


def _pull_qr(k: int, *given: Array) -> tuple[Array, ...] | Array:
    numbers = k * (k + 1) // 2
    places, rest = given[k : k + numbers], given[k + numbers :]
    q, r = given[:k], dict(zip(_triangle(k), places, strict=True))
    factors, divisors, on_basis = rest[:k], rest[k : 2 * k], rest[2 * k :]
    grads: list[Array] = [None] * k
    for c in reversed(range(k)):
        if c < len(on_basis):
            total = on_basis[c] * 1
            for b, basis in enumerate(q[: len(on_basis)]):
                along = row_dot(basis, total)
                along = along - factors[c] if b == c else along
                total = subtract_(total, along[:, None] * basis)
        else:
            total = factors[c][:, None] * q[c]
        for b in range(c + 1, k):
            total = subtract_(total, r[c, b][:, None] * grads[b])
        # Dependent vectors: 0 / inf.
        grads[c] = divide_(total, divisors[c][:, None])
    return tuple(grads) if k > 1 else grads[0]

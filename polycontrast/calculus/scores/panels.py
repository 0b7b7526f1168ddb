"""Interpolation of a smooth function of one variable on panels of Chebyshev nodes."""

import math
from collections.abc import Sequence

from polycontrast.arrays import Array, constant, device, namespace, segment_sum

NODES = {64: 16, 32: 10}
"""Nodes of a panel, by the bits of the dtype."""


class Panels:
    """Panels of equal width on ``[-bound, bound]``, each with the same number of Chebyshev nodes.

    A function like ``softplus(t / tau)``, which is analytic within ``pi tau`` of the real line, is
    a polynomial on a panel of width ``2 tau``, up to an error of ``6.4 ** -NODES``. It is summed in
    powers of the place within the panel: their coefficients fall off.

    Parameters
    ----------
    bound : 0-d array
        No number is larger in size.
    count : int
        Number of panels.
    like : array
        Array of the library, dtype and device.
    """

    def __init__(self, bound: Array, count: int, like: Array):
        xp = namespace(like)
        self.count, self.bound = count, constant(bound)
        size = NODES[xp.finfo(like.dtype).bits]
        options = dict(dtype=like.dtype, device=device(like))
        places, cosines, powers = _tables(size)
        self._cosines, self._powers = (xp.asarray(t, **options) for t in (cosines, powers))
        starts = 2 * xp.arange(count, **options)
        u = 1 + xp.asarray(places, **options)
        self.nodes = xp.reshape((starts[:, None] + u[None, :]) / count - 1, (-1,)) * self.bound

    def coefficients(self, values: Array) -> tuple[Array, ...]:
        """Coefficients of each power, by panel, for the values of a function at the nodes."""
        xp = namespace(values)
        # By polynomials first: rounding then makes a sum of these, which stay small.
        by_polynomial = xp.matmul(xp.reshape(values, (self.count, -1)), self._cosines)
        by_power = xp.matmul(by_polynomial, self._powers)
        return tuple(by_power[:, power] for power in range(by_power.shape[1]))

    def spread(self, t: Array) -> Array:
        """Weights of the nodes in the sum of a function over the numbers `t`, in any shape.

        This is the pullback of the values at the nodes. Numbers that are not finite are left out.
        """
        xp = namespace(t)
        panel, u, finite = self._place(t)
        power = xp.where(finite, xp.ones_like(u), 0.0)
        moments = []
        for _ in range(self._powers.shape[0]):
            moments.append(segment_sum(power, panel, self.count))
            power = power * u
        moments = xp.matmul(xp.stack(moments, axis=1), xp.matrix_transpose(self._powers))
        return xp.reshape(xp.matmul(moments, xp.matrix_transpose(self._cosines)), (-1,))

    def at(self, coefficients: Sequence[Array], t: Array) -> Array:
        """A function at the numbers `t` of any shape; 0 at -inf, nan at nan."""
        xp, shape = namespace(t), t.shape
        panel, u, finite = self._place(t)
        value = xp.zeros_like(u)
        for coefficient in reversed(coefficients):
            value = value * u + xp.take(coefficient, panel, axis=0)
        left_out = xp.where(xp.reshape(t, (-1,)) == -math.inf, xp.zeros_like(u), math.nan)
        return xp.reshape(xp.where(finite, value, left_out), shape)

    def _place(self, t: Array) -> tuple[Array, Array, Array]:
        """Panel of each number, its place there in [-1, 1], and whether it is finite; flat."""
        xp = namespace(t)
        t = xp.reshape(t, (-1,))
        at = (t / self.bound + 1) * (self.count / 2)
        finite = xp.isfinite(at)
        at = xp.where(finite, at, 0.0)
        panel = xp.astype(xp.clip(xp.floor(at), 0.0, self.count - 1.0), xp.int32)
        return panel, 2 * (at - xp.astype(panel, t.dtype)) - 1, finite


def _tables(size: int) -> tuple[list[float], list[list[float]], list[list[float]]]:
    """Chebyshev nodes, polynomials from values there (nodes, degrees), and these in powers."""
    angles = [math.pi * (k + 0.5) / size for k in range(size)]
    factors = [(1 if degree == 0 else 2) for degree in range(size)]
    cosines = [[f * math.cos(d * angle) / size for d, f in enumerate(factors)] for angle in angles]
    powers = [[1.0] + [0.0] * (size - 1)]
    for degree in range(1, size):
        below = powers[degree - 2] if degree > 1 else [0.0] * size
        raised = [0.0, *powers[-1][:-1]]  # times the variable
        pairs = zip(raised, below, strict=True)
        powers.append([factors[degree - 1] * above - under for above, under in pairs])
    return [math.cos(angle) for angle in angles], cosines, powers

"""Sums over all tuples as products of exponentiated B x B matrices.

Minus the variance of a tuple is a sum over pairs, so its exponential is a product of pair factors
``K_ab[i, j] = exp(-|x_a[i] - x_b[j]|^2 scale / n)`` in (0, 1], and sums over the cube are
contractions. Three views cost a few B x B x B products; more views loop over the indices of the
first n - 3, whose factors become weights of the last three. The diagonal tuple is left out of each
sum before it is added, so nothing cancels when it dominates.
"""

import itertools
from collections.abc import Callable
from typing import Any

from polycontrast import arrays
from polycontrast.arrays import Array
from polycontrast.cube.pair_factors import pair_factors, pull_pair_factors
from polycontrast.cube.triple import Triple
from polycontrast.cube.tuple_similarities import longest_row
from polycontrast.similarity.statistics import SAFE_EXPONENT

Key = tuple[int, ...]


def contraction_logsumexp(
    z: Array, scale: Array, mask: Array | None
) -> tuple[Array, Callable[[Array], Array]]:
    """Log-sum-exp, for every row of every view, of ``-V_t scale`` over its off-diagonal tuples.

    Range: ``largest V * scale`` must stay within the exponent of the dtype, else factors underflow.

    Parameters
    ----------
    z : array (n, B, D)
        At least three views.
    scale : 0-d array
    mask : bool array (n, B) or None
        Rows that are there; tuples with a missing row do not count.

    Returns
    -------
    lse : array (n, B)
    back : callable
        From dL/dlse to dL/dz.
    """
    xp = arrays.namespace(z)
    contraction = _Contraction(z, scale, mask)
    sums = _Parts()
    for prefix in contraction.prefixes():
        contraction.share(sums, prefix, *contraction.triple(prefix).sums())
    totals = contraction.collect(sums)
    lse = arrays.safe_log(totals)

    def back(g: Array) -> Array:
        empty = totals == 0
        weights = g / xp.where(empty, 1.0, totals)
        return contraction.pull(xp.where(empty, 0.0, weights))

    return lse, back


def exponents_fit(z: Array, scale: Array, unit: bool) -> bool:
    """True when ``exp(-V scale)`` of every tuple is known to be far above the dtype's smallest.

    Parameters
    ----------
    z : array (n, B, D)
    scale : 0-d array
    unit : bool
        Rows are known to be no longer than 1.
    """
    length = 1.0 if unit else longest_row(z)
    known_scale = arrays.known(scale)
    if length is None or known_scale is None:
        return False
    limit = 2 * SAFE_EXPONENT[arrays.namespace(z).finfo(z.dtype).bits]
    return bool(z.shape[0] * length**2 * known_scale <= limit)


class _Parts(dict[Key, Any]):
    """Running sums by key."""

    def add(self, key: Key, part: Array) -> None:
        self[key] = self[key] + part if key in self else part


class _Contraction:
    """Pair factors of n views, and the loop over the indices of the first n - 3."""

    def __init__(self, z: Array, scale: Array, mask: Array | None):
        self.xp, self.z = arrays.namespace(z), z
        self.n, self.batch = z.shape[0], z.shape[1]
        self.rate = scale / self.n
        self.k = pair_factors(z, self.rate, mask)
        self.last = tuple(range(self.n - 3, self.n))
        self.whole = self._triple(()) if self.n == 3 else None

    def prefixes(self) -> Any:
        """Index tuples of the views before the last three."""
        return itertools.product(range(self.batch), repeat=self.n - 3)

    def triple(self, prefix: Key) -> Triple:
        """Factors of the last three views with those of the prefix folded in.

        Three views have one triple, which is kept with its products for the backward.
        """
        return self._triple(prefix) if self.whole is None else self.whole

    def _triple(self, prefix: Key) -> Triple:
        u, v, w = self.last
        k01, k02, k12 = self.k[u, v], self.k[u, w], self.k[v, w]
        excluded = range(self.batch)  # the whole diagonal
        if prefix:

            def vertex(c: int) -> Array:
                weight = self.k[0, c][prefix[0], :]
                for a, t in enumerate(prefix[1:], start=1):
                    weight = weight * self.k[a, c][t, :]
                return weight

            constant = 1.0
            for a, b in itertools.combinations(range(len(prefix)), 2):
                constant = constant * self.k[a, b][prefix[a], prefix[b]]
            k01 = k01 * (constant * vertex(u))[:, None] * vertex(v)[None, :]
            k02 = k02 * vertex(w)[None, :]
            same = len(set(prefix)) == 1
            excluded = range(prefix[0], prefix[0] + 1) if same else range(0)
        return Triple({(0, 1): k01, (0, 2): k02, (1, 2): k12}, excluded)

    def share(self, sums: _Parts, prefix: Key, *parts: Array) -> None:
        """Add the sums of the last three views, and their total to the prefix's own rows."""
        for c, part in zip(self.last, parts, strict=True):
            sums.add((c,), part)
        total = self.xp.sum(parts[0])
        for a, t in enumerate(prefix):
            sums.add((a, t), total)

    def collect(self, sums: _Parts) -> Array:
        """Sums (n, B) of all views."""
        rows = []
        for a in range(self.n):
            whole = (a,) in sums
            parts = None if whole else [sums[a, t] for t in range(self.batch)]
            rows.append(sums[a,] if whole else self.xp.stack(parts, axis=0))
        return self.xp.stack(rows, axis=0)

    def pull(self, weights: Array) -> Array:
        """dL/dz, where a tuple's weight is its factor times the sum of its rows' `weights`."""
        u, v, w = self.last
        e = _Parts()  # dL/dlog K_ab: whole matrices, single rows, or single entries
        for prefix in self.prefixes():
            own = [weights[a, t] for a, t in enumerate(prefix)]
            first = weights[u, :] + sum(own[1:], start=own[0]) if own else weights[u, :]
            e01, e02, e12 = self.triple(prefix).weigh(first, weights[v, :], weights[w, :])
            for key, part in (((u, v), e01), ((u, w), e02), ((v, w), e12)):
                e.add(key, part)
            if prefix:
                self._pull_prefix(e, prefix, e01, e02)
        pairs = itertools.combinations(range(self.n), 2)
        return pull_pair_factors(self.z, self.rate, {p: self._matrix(e, *p) for p in pairs})

    def _pull_prefix(self, e: _Parts, prefix: Key, e01: Array, e02: Array) -> None:
        """Add the parts of the factors that were folded in."""
        marginals = self.xp.sum(e01, axis=1), self.xp.sum(e01, axis=0), self.xp.sum(e02, axis=0)
        for a, t in enumerate(prefix):
            for c, marginal in zip(self.last, marginals, strict=True):
                e.add((a, c, t), marginal)
        for a, b in itertools.combinations(range(len(prefix)), 2):
            e.add((a, b, prefix[a], prefix[b]), self.xp.sum(marginals[0]))

    def _matrix(self, e: _Parts, a: int, b: int) -> Array:
        """Put dL/dlog K_ab together."""
        if a >= self.last[0]:
            return e[a, b]
        every = range(self.batch)
        if b >= self.last[0]:
            return self.xp.stack([e[a, b, t] for t in every], axis=0)
        rows = [self.xp.stack([e[a, b, s, t] for t in every], axis=0) for s in every]
        return self.xp.stack(rows, axis=0)

"""The contrast of anchors with candidates, on rows that go by names."""

from collections.abc import Callable
from typing import Any

from polycontrast.arrays import Array, finite_or_zero, logsumexp, namespace, row_dot
from polycontrast.calculus import unit_rows
from polycontrast.contrast.anchor.logits import Grads, Logits
from polycontrast.contrast.anchor.outer import Outer, cross_entropy
from polycontrast.contrast.anchor.terms import Linear, Term, mean_of_terms
from polycontrast.contrast.on_temperature import on_temperature
from polycontrast.similarity import Rule, Similarity


class Contrast:
    """Rows of unit length, and the logits of anchors that are made of them.

    A logit is the product of two rows over the temperature.

    Parameters
    ----------
    temperature : 0-d array
    normalize : bool
    **rows : array (..., D), or None
        The rows by name; None is left out.
    """

    def __init__(self, temperature: Array, normalize: bool, **rows: Array | None):
        self.temperature, self.scale = temperature, 1 / temperature
        self.longest = 1.0 if normalize else None
        self.rows: dict[str, Array] = {}
        self._backs: dict[str, Callable[[Array], Array]] = {}
        for name, given in rows.items():
            if given is not None:
                self.rows[name], self._backs[name] = unit_rows(given, normalize)

    def match(self, x: str, y: str) -> Logits:
        """Logits of matching rows."""
        a, b, scale = self.rows[x], self.rows[y], self.scale

        def pull(g: Array) -> Grads:
            weights = (scale * g)[:, None]
            return {x: weights * b, y: weights * a}

        return Logits(scale * row_dot(a, b), pull)

    def matrix(self, x: str, y: str, pairs: Rule | None, everywhere: bool = False) -> Similarity:
        """The logits of all rows x with all rows y; with `everywhere` all ranks have the same y."""
        what = y if everywhere else "pairs"
        a, b = self.rows[x], self.rows[y]
        return Similarity(
            a,
            b,
            scale=self.scale,
            pairs=pairs,
            what=what,
            everywhere=everywhere,
            longest=self.longest,
        )

    def both_ways(
        self, x: str, y: str, pairs: Rule | None, positives: Logits
    ) -> tuple[Logits, Logits]:
        """Log-sum-exps of rows x over all rows y, and of rows y over all rows x."""
        found, others, back = self.matrix(x, y, pairs).logsumexp(positives=positives.values)

        def pull(g: Any, h: Any = None) -> Grads:
            pulled = back(g, h)
            return {x: pulled.x, y: pulled.y}

        return Logits(found, pull), Logits(others, pull, 1)

    def pairs(
        self,
        x: str,
        y: str,
        pairs: Rule | None = None,
        positives: Logits | None = None,
        everywhere: bool = False,
    ) -> Logits:
        """Log-sum-exps of rows x over all rows y."""
        matches = None if positives is None else positives.values
        matrix = self.matrix(x, y, pairs, everywhere)
        found, _, back = matrix.logsumexp(columns=False, positives=matches)
        return Logits(found, lambda g: dict(zip((x, y), back(g, None), strict=False)))

    def own(self, x: str, y: str, there: Array | None = None) -> Logits:
        """Log-sum-exps of rows x over rows y (B, K, D) of their own, as far as they are there."""
        s, back = self.each(x, y)
        xp = namespace(s)
        if there is not None:
            s = xp.where(there, s, -xp.inf)
        found = logsumexp(s)

        def pull(g: Array) -> Grads:
            return back(g[:, None] * xp.exp(s - finite_or_zero(found)[:, None]))

        return Logits(found, pull)

    def each(self, x: str, y: str) -> tuple[Array, Callable[[Array], Grads]]:
        """Logits (B, K) of rows x with each of the rows y (B, K, D) of their own."""
        a, c, scale = self.rows[x], self.rows[y], self.scale
        xp = namespace(a)

        def pull(g: Array) -> Grads:
            w = scale * g
            return {x: xp.matmul(w[:, None, :], c)[:, 0, :], y: w[:, :, None] * a[:, None, :]}

        return scale * xp.matmul(c, a[:, :, None])[:, :, 0], pull

    def losses(
        self, *terms: Term, outer: Outer = cross_entropy, plus: Linear = ()
    ) -> tuple[Array, Callable[[Array], Grads]]:
        """Mean over the terms of each anchor, and the pullback to the arguments.

        Every logit must be the product of a row ``"x"`` and another one.
        """
        losses, to_rows = mean_of_terms(terms, outer, plus)

        def back(g: Array) -> Grads:
            grads = to_rows(g)
            on_tau = on_temperature(self.temperature, 1, (self.rows["x"], grads["x"]))
            for name, to_argument in self._backs.items():
                grads[name] = to_argument(grads[name])
            return grads | {"temperature": on_tau}

        return losses, back

"""The contrast of anchors with candidates, on rows that go by names."""

from collections.abc import Callable
from typing import Any

from polycontrast.arrays import Array, finite_or_zero, logsumexp, namespace, row_dot
from polycontrast.calculus import unit_rows
from polycontrast.contrast.anchor.logits import Grads, Logits
from polycontrast.contrast.anchor.outer import Outer, cross_entropy
from polycontrast.contrast.anchor.terms import Linear, Term, mean_of_terms
from polycontrast.contrast.on_temperature import on_temperature
from polycontrast.similarity import Companion, Cutoff, MatrixGradients, Reading, Rule, Similarity


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

    def matrix(
        self,
        x: str,
        y: str,
        pairs: Rule | None,
        everywhere: bool = False,
        hardness: float = 0.0,
        guide: Companion | None = None,
    ) -> Similarity:
        """The logits of all rows x with all rows y; with `everywhere` all ranks have the same y.

        `hardness` is added to the inverse temperature; `guide` stands beside the matrix.
        """
        a, b = self.rows[x], None if x == y else self.rows[y]
        if b is not None and b.ndim == 3:  # candidates of each sample are views of it
            a, b = a[None, ...], namespace(b).permute_dims(b, (1, 0, 2))
        return Similarity(
            a,
            b,
            scale=self.scale + hardness if hardness else self.scale,
            pairs=pairs,
            what=y if everywhere else "pairs",
            everywhere=everywhere,
            beside=guide,
            longest=self.longest,
        )

    def both_ways(
        self,
        x: str,
        y: str,
        pairs: Rule | None,
        positives: Logits | None = None,
        at_most: Array | None = None,
    ) -> tuple[Logits, Logits]:
        """Log-sum-exps of rows x over all rows y, and of rows y over all rows x."""
        matrix = self.matrix(x, y, pairs)
        found, others, back = _logsumexps(matrix, True, positives, self._limit(at_most))

        def pull(g: Any, h: Any = None) -> Grads:
            pulled = back(g, h)
            return {x: pulled.x, y: pulled.y}

        return Logits(found, pull), Logits(others, pull, 1)

    def pairs(
        self,
        x: str,
        y: str,
        pairs: Rule | None = None,
        *,
        positives: Logits | None = None,
        everywhere: bool = False,
        hardness: float = 0.0,
        at_most: Array | None = None,
        guide: Companion | None = None,
    ) -> Logits:
        """Log-sum-exps of rows x over all rows y.

        Parameters
        ----------
        x, y : str
            The same for rows that meet themselves. Rows y may be several of each sample (B, K, D).
        pairs : Rule, optional
            Pairs that count.
        positives : Logits, optional
            Logits of the matches, for diagnostics.
        everywhere : bool, default False
            Where ranks share a batch: rows y (K, D) are the same on all of them.
        hardness : float, default 0.0
            Factor of the products that are added to the logits, held in the gradient.
        at_most : array (B,), optional
            Largest product of each row x that counts.
        guide : Companion, optional
            Whose products are to be at most that, in place of those of the rows.
        """
        matrix = self.matrix(x, y, pairs, everywhere, hardness, guide)
        limit = self._limit(at_most, hardness) if guide is None else at_most
        found, _, back = _logsumexps(matrix, False, positives, limit)
        a, b, xp = self.rows[x], self.rows[y], namespace(self.rows[x])

        def pull(g: Array) -> Grads:
            g = xp.reshape(g, found.shape)
            if hardness:
                g = g * (self.scale / (self.scale + hardness))
            if x == y:
                return {x: back(g).x}
            gx, gy, *_ = back(g, None)
            if b.ndim == 3:
                return {x: gx[0, ...], y: xp.permute_dims(gy, (1, 0, 2))}
            return {x: gx, y: gy}

        return Logits(xp.reshape(found, a.shape[:1]), pull)

    def _limit(self, at_most: Array | None, hardness: float = 0.0) -> Array | None:
        """Largest logit."""
        return None if at_most is None else at_most * (self.scale + hardness)

    def own(
        self,
        x: str,
        y: str,
        there: Array | None = None,
        *,
        hardness: float = 0.0,
        at_most: Array | None = None,
        plus: Array | None = None,
    ) -> Logits:
        """Log-sum-exps of rows x over rows y (B, K, D) of their own, as far as they are there.

        `hardness` and `at_most` are as in `pairs`; `plus` (B, K) is added to the logits.
        """
        products, back = self.each(x, y)
        xp, limit = namespace(products), self._limit(at_most, hardness)
        s = (self.scale + hardness if hardness else self.scale) * products
        if plus is not None:
            s = s + plus
        if limit is not None:
            s = xp.where(s > limit[:, None], -xp.inf, s)  # a nan stays
        if there is not None:
            s = xp.where(there, s, -xp.inf)
        found = logsumexp(s)

        def pull(g: Array) -> Grads:
            return back((self.scale * g)[:, None] * xp.exp(s - finite_or_zero(found)[:, None]))

        return Logits(found, pull)

    def each(self, x: str, y: str) -> tuple[Array, Callable[[Array], Grads]]:
        """Products (B, K) of rows x with each of the rows y (B, K, D) of their own."""
        a, c = self.rows[x], self.rows[y]
        xp = namespace(a)

        def pull(w: Array) -> Grads:
            return {x: xp.matmul(w[:, None, :], c)[:, 0, :], y: w[:, :, None] * a[:, None, :]}

        return xp.matmul(c, a[:, :, None])[:, :, 0], pull

    def losses(
        self,
        *terms: Term,
        outer: Outer = cross_entropy,
        plus: Linear = (),
        once: str | None = "x",
    ) -> tuple[Array, Callable[[Array], Grads]]:
        """Mean over the terms of each anchor, and the pullback to the arguments.

        Parameters
        ----------
        *terms, outer, plus
            As in `mean_of_terms`.
        once : str, optional
            Rows of which every logit has one as a factor. None where there are none such.
        """
        losses, to_rows = mean_of_terms(terms, outer, plus)

        return losses, lambda g: self.to_arguments(to_rows(g), once)

    def to_arguments(self, grads: Grads, once: str | None = "x") -> Grads:
        """Gradients of the arguments and of the temperature, from those of the rows.

        Parameters
        ----------
        grads : dict
        once : str, optional
            As in `losses`.
        """
        names = self.rows if once is None else (once,)
        factors = [(self.rows[name], grads[name]) for name in names]
        on_tau = on_temperature(self.temperature, 2 if once is None else 1, *factors)
        backs = self._backs.items()
        return {name: back(grads[name]) for name, back in backs} | {"temperature": on_tau}


def _logsumexps(
    matrix: Similarity, columns: bool, positives: Logits | None, at_most: Array | None
) -> tuple[Array, Array | None, Callable[..., MatrixGradients]]:
    """Log-sum-exps of rows and columns, of the scores that are at most the limits of an anchor."""
    if at_most is None:
        matches = None if positives is None else positives.values
        return matrix.logsumexp(columns=columns, positives=matches)
    guided = matrix.matrix.companion is not None
    of_rows, of_columns = Cutoff(at_most, None, guided), Cutoff(None, at_most, guided)
    reading = Reading(matrix.exp_sum(), of_rows, None, of_columns)
    (rows,), others, back = matrix.read(reading, columns=columns)
    return (
        rows,
        None if others is None else others[0],
        lambda *g: back(*[None if h is None else (h,) for h in g]),
    )

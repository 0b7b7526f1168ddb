"""The contrast of anchors with candidates, on rows that go by names."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from polycontrast.arrays import Array, dense, finite_or_zero, logsumexp, namespace, row_dot
from polycontrast.calculus import unit_rows
from polycontrast.contrast.anchor.built import Build, built_logsumexp
from polycontrast.contrast.anchor.logits import Grads, Logits, ScaledRows
from polycontrast.contrast.anchor.margins import MarginMap
from polycontrast.contrast.anchor.outer import Outer, cross_entropy
from polycontrast.contrast.anchor.terms import Linear, Term, mean_of_terms
from polycontrast.contrast.on_temperature import on_temperature
from polycontrast.similarity import Companion, Cutoff, MatrixGradients, Reading, Rule, Similarity


class _Dense(Mapping[str, Array]):
    """Rows by name, as arrays."""

    def __init__(self, rows: dict[str, Any]):
        self.rows = rows

    def __getitem__(self, name: str) -> Array:
        return dense(self.rows[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


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
        self._rows: dict[str, Any] = {}
        self._backs: dict[str, Callable[..., Array]] = {}
        for name, given in rows.items():
            if given is not None:
                made = unit_rows(given, normalize, apart=True)
                self._rows[name], self._backs[name] = made
        self.rows: Mapping[str, Array] = _Dense(self._rows)
        """The rows as arrays, which may be new ones each time."""

    def match(self, x: str, y: str) -> Logits:
        """Logits of matching rows."""
        a, b, scale = self._rows[x], self._rows[y], self.scale

        def pull(g: Array) -> Grads:
            factors = scale * g
            return {x: ScaledRows(factors, b), y: ScaledRows(factors, a)}

        return Logits(scale * row_dot(a, b), pull)

    def match_with_margin(self, x: str, y: str, margin: MarginMap) -> Logits:
        """The same with a map of the products before the temperature."""
        a, b, scale = self.rows[x], self.rows[y], self.scale
        products = row_dot(a, b)
        mapped, slope = margin(products)

        def pull(g: Array) -> Grads:
            weights = (scale * g * slope)[:, None]
            # Of the logit, what is no product of two rows over the temperature.
            rest = namespace(g).sum(scale * g * (mapped - slope * products))
            return {x: weights * b, y: weights * a, "temperature": -rest / self.temperature}

        return Logits(scale * mapped, pull)

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
        a, b, what = self._rows[x], None if x == y else self._rows[y], y if everywhere else "pairs"
        if b is not None and b.ndim == 3:  # candidates of each sample are views of it
            what = y
            a, b = dense(a)[None, ...], namespace(b).permute_dims(b, (1, 0, 2))
        return Similarity(
            a,
            b,
            scale=self.scale + hardness if hardness else self.scale,
            pairs=pairs,
            what=what,
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
        limit = None if at_most is None else at_most * self.scale
        found, others, back = _logsumexps(self.matrix(x, y, pairs), True, positives, limit)

        def pull(g: Any, h: Any = None) -> Grads:
            pulled = back(g, h)
            return {x: pulled.x, y: pulled.y}

        return Logits(found, pull), Logits(others, pull, 1)

    def in_batch(
        self, x: str, y: str, pairs: Rule | None, match: Logits, symmetric: bool
    ) -> list[Term]:
        """Terms of each match among all rows y and, with `symmetric`, among all rows x."""
        if symmetric:
            return [Term(match, [side]) for side in self.both_ways(x, y, pairs, match)]
        return [Term(match, [self.pairs(x, y, pairs, positives=match)])]

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
            The same for rows among themselves. Rows y may be several of each sample (B, K, D).
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
        scale = 1.0 if guide is not None else self.scale + hardness
        limit = None if at_most is None else at_most * scale
        found, _, back = _logsumexps(matrix, False, positives, limit)
        a, b, xp = self._rows[x], self._rows[y], namespace(found)

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
        xp, scale = namespace(products), self.scale + hardness if hardness else self.scale
        s = scale * products
        if plus is not None:
            s = s + plus
        if at_most is not None:
            s = xp.where(products > at_most[:, None], -xp.inf, s)  # a nan stays
        if there is not None:
            s = xp.where(there, s, -xp.inf)
        found = logsumexp(s)

        def pull(g: Array) -> Grads:
            return back((self.scale * g)[:, None] * xp.exp(s - finite_or_zero(found)[:, None]))

        return Logits(found, pull)

    def built(self, build: Build, numbers: int) -> Logits:
        """Log-sum-exps of rows ``"x"`` over candidates as in `built_logsumexp`."""
        return Logits(*built_logsumexp(self.rows["x"], self.scale, build, numbers))

    def queue(self, x: str, y: str, others: Any = None) -> Logits:
        """Log-sum-exps of rows x over rows y, which all share (K, D), or own (B, K, D).

        `others` is a rule of the shared ones, or says which own ones are there.
        """
        if self._rows[y].ndim == 3:
            return self.own(x, y, others)
        return self.pairs(x, y, others, everywhere=True)

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
            By name; that of "temperature", if any, is a part which the rows do not explain.
        once : str, optional
            As in `losses`.
        """
        names = self.rows if once is None else (once,)
        factors = [(self._rows[name], grads[name]) for name in names]
        on_tau = on_temperature(self.temperature, 2 if once is None else 1, *factors)
        rest = grads.get("temperature")
        # The gradients of the rows are read no more.
        of_arguments = {n: back(grads[n], overwrite=True) for n, back in self._backs.items()}
        on_tau = on_tau if rest is None else on_tau + rest
        return grads | of_arguments | {"temperature": on_tau}


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

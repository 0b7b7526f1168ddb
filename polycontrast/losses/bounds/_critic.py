"""Scores of a critic, as a matrix or as embeddings whose matrix is never stored."""

from collections.abc import Callable
from typing import Annotated, Any

from polycontrast.arrays import (
    Array,
    device,
    finite_or_zero,
    infinite_to_nan,
    inner,
    logsumexp,
    namespace,
    row_dot,
)
from polycontrast.calculus import unit_rows
from polycontrast.objective import BadArgument, Role, whole_batch
from polycontrast.similarity import Function, OtherSamples, Similarity

_ABOUT = (
    "Values of a critic: ``scores[i, i]`` for joint samples, all others for independent ones. Or "
    "embeddings x and y, as a sequence or one array (2, B, D). The scores are then their inner "
    "products over the temperature, computed in tiles and never stored, and the gradient is a pair "
    "as well. A matrix of scores is divided by the temperature, too, and never normalised."
)
Scores = Annotated[Any, Role("views", ("2 B D", "B B"), about=_ABOUT)]


class Critic:
    """Scores for a bound: the scores of matches, and statistics of all other scores.

    A statistic returns sums over j != i and a pullback. `pull` takes the result of the pullback.

    Parameters
    ----------
    scores : array (B, B) or (2, B, D)
        Scores, or embeddings x and y.
    temperature : 0-d array
        Divides the scores.
    normalize : bool
        Scale rows of embeddings to unit length first.
    """

    def __init__(self, scores: Array, temperature: Array, normalize: bool):
        self.given, self.temperature, self.xp = scores, temperature, namespace(scores)
        self.embedded = scores.ndim == 3
        self.batch = whole_batch()
        self.samples = self.batch.samples(scores.shape[-2])
        if self.embedded:
            self.x, self.x_back = unit_rows(scores[0, :, :], normalize)
            self.y, self.y_back = unit_rows(scores[1, :, :], normalize)
            self.match = row_dot(self.x, self.y) / temperature
            return
        i = self.xp.arange(self.samples, dtype=self.xp.int32, device=device(scores))
        self.eye = i[:, None] == i[None, :]
        self.scores = infinite_to_nan(scores) / temperature
        self.match = self.xp.sum(self.xp.where(self.eye, self.scores, 0.0), axis=1)

    def mean(self, t: Array) -> Array:
        """Mean over the samples of all ranks."""
        return self.batch.sum(self.xp.sum(t)) / self.samples

    def need_others(self) -> None:
        """Refuse a batch without a pair of different samples."""
        if self.samples < 2:
            text = "scores must be those of at least 2 samples, so that there is a pair of"
            raise BadArgument(f"{text} different ones, got 1")

    def logsumexp(self, score: Any = None) -> tuple[Array, Callable[[Array], Any]]:
        """Log-sum-exp of each row's other entries, or of a function of them."""
        if self.embedded:
            rows, _, pull = self._matrix(score=score).logsumexp(columns=False)
            return rows, pull
        others = self.scores if score is None else score.forward(self.scores, None)[0]
        others = self._others(others)
        rows = logsumexp(others)
        peak = finite_or_zero(rows)

        def back(g: Array) -> Array:
            weights = g[:, None] * self.xp.exp(others - peak[:, None])
            return weights if score is None else score.pull(self.scores, (weights,), None)[0]

        return rows, back

    def sums_of(
        self,
        function: Function,
        factor: float,
        shift: Array | None = None,
    ) -> tuple[Array, Callable[[Array], Any]]:
        """Sums of a function, 0 at -inf, of each row's other entries, plus a shift of the row.

        The bound holds `factor` times their sum, so its cotangent is all that the pullback takes.
        """
        if self.embedded:
            rows, _, back = self._matrix(offsets=(shift, None)).sums_of(
                function,
                columns=False,
                like=self.temperature,  # the value is one number, as the temperature is
                share=lambda g: (self._fill(factor * g),),
            )
            return rows, back
        others = self.scores if shift is None else self.scores + shift[:, None]
        others = self._others(others)
        return (
            self.xp.sum(function.value(others), axis=1),
            lambda g: factor * g * function.derivative(others),
        )

    def _fill(self, number: Array) -> Array:
        """One number for each row."""
        return self.xp.zeros_like(self.match) + number

    def pull(self, on_match: Array, on_others: Any) -> dict[str, Array]:
        """Gradients, from those of the matches and what a statistic's pullback gave."""
        xp, tau = self.xp, self.temperature
        if self.embedded:
            weights = on_match[:, None] / tau
            gx, gy = on_others.x + weights * self.y, on_others.y + weights * self.x
            grad = xp.stack([self.x_back(gx), self.y_back(gy)], axis=0)
            # The scores are <x, y> / tau: Euler's theorem, degree 1 in x.
            return {"scores": grad, "temperature": -inner(self.x, gx) / tau}
        grad = (on_others + xp.where(self.eye, on_match[:, None], 0.0)) / tau
        return {"scores": grad, "temperature": -inner(self.scores, grad)}

    def _matrix(self, **options: Any) -> Similarity:
        scale = 1 / self.temperature
        return Similarity(self.x, self.y, scale=scale, pairs=OtherSamples(), **options)

    def _others(self, t: Array) -> Array:
        return self.xp.where(self.eye, -self.xp.inf, t)

"""The 2B rows of two views as one batch, in which each row has its partner in the other view."""

from typing import Any

from polycontrast.arrays import Array, inner, namespace, row_dot
from polycontrast.calculus import unit_rows
from polycontrast.similarity import OtherSamples, Similarity


class JointRows:
    """Matches and negatives of the rows of two views, and their pullback to the views.

    Parameters
    ----------
    x, y : array (B, D)
    temperature : 0-d array
    normalize : bool
    statistic : Statistic, optional
        Statistic of the logits with the rows of the other samples. Default: log-sum-exp.

    Attributes
    ----------
    matches : array (B,)
        Logit of each sample's pair, ``<x_i, y_i> / temperature``.
    negatives : array (2, B), or what the statistic finishes to
        Log-sum-exp of each row's logits with the rows of the other samples, in both views.
    """

    def __init__(
        self, x: Array, y: Array, temperature: Array, normalize: bool, statistic: Any = None
    ):
        xp = namespace(x)
        self.temperature = temperature
        self.x, self._x_back = unit_rows(x, normalize)
        self.y, self._y_back = unit_rows(y, normalize)
        self.matches = row_dot(self.x, self.y) / temperature
        z = xp.stack([self.x, self.y], axis=0)
        matrix = Similarity(z, scale=1 / temperature, pairs=OtherSamples())
        if statistic is None:
            self.negatives, _, self._pull = matrix.logsumexp(positives=self.matches)
        else:
            self.negatives, _, self._pull = matrix.reduce(statistic)

    def pull(self, on_negatives: Any, on_matches: Array) -> dict[str, Array]:
        """Gradients by the views and the temperature.

        Parameters
        ----------
        on_negatives : array (2, B), or what the statistic takes
            dL/dnegatives.
        on_matches : array (B,)
            dL/dmatches.
        """
        gz, tau = self._pull(on_negatives).x, self.temperature
        match = on_matches[:, None] / tau
        gx, gy = gz[0, :, :] + match * self.y, gz[1, :, :] + match * self.x
        # Every logit is a product of two rows over tau: Euler's theorem, degree 2.
        on_tau = -(inner(self.x, gx) + inner(self.y, gy)) / (2 * tau)
        return {"x": self._x_back(gx), "y": self._y_back(gy), "temperature": on_tau}

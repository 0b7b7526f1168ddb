"""The 2B rows of two views as one batch, in which each row has its partner in the other view."""

import functools
from collections.abc import Callable
from typing import Any

from polycontrast.arrays import Array, namespace, plus_scaled_rows, row_dot
from polycontrast.calculus import unit_rows
from polycontrast.contrast.on_temperature import on_temperature
from polycontrast.contrast.views.other_items import other_items
from polycontrast.similarity import Rule, Similarity

Pull = Callable[[Any], Array]
Reader = Callable[[Array, Array, Rule, Array], tuple[Any, Pull]]
"""From rows (2, B, D), the inverse temperature, the rule of the negatives and the matches to an
array (2, B) and its pullback. It may depend on the rows through their logits alone.
"""


def all_negatives(
    z: Array, scale: Array, pairs: Rule, matches: Array, longest: float | None
) -> tuple[Array, Pull]:
    """Log-sum-exp of each row's logits with the rows of the other samples, in both views."""
    matrix = Similarity(z, scale=scale, pairs=pairs, longest=longest)
    negatives, _, pull = matrix.logsumexp(positives=matches)
    return negatives, lambda g: pull(g).x


class JointRows:
    """Matches and negatives of the rows of two views, and their pullback to the views.

    Parameters
    ----------
    x, y : array (B, D)
    temperature : 0-d array
    normalize : bool
    ids : integer array (B,), optional
        Samples of one item are no negatives of each other.
    read : Reader, optional
        What is read of the logits of each row's negatives. Default: `all_negatives`.

    Attributes
    ----------
    matches : array (B,)
        Logit of each sample's pair, ``<x_i, y_i> / temperature``.
    negatives : array (2, B)
        What was read of each row's negatives. By default the log-sum-exp of its logits with rows
        of other samples, in both views; -inf where there is none.
    """

    def __init__(
        self,
        x: Array,
        y: Array,
        temperature: Array,
        normalize: bool,
        ids: Array | None = None,
        *,
        read: Reader | None = None,
    ):
        xp = namespace(x)
        self.temperature = temperature
        self.x, self._x_back = unit_rows(x, normalize)
        self.y, self._y_back = unit_rows(y, normalize)
        self.matches = row_dot(self.x, self.y) / temperature
        z = xp.stack([self.x, self.y], axis=0)
        if read is None:
            read = functools.partial(all_negatives, longest=1.0 if normalize else None)
        self.negatives, self._pull = read(z, 1 / temperature, other_items(ids), self.matches)

    def pull(self, on_negatives: Any, on_matches: Array) -> dict[str, Array]:
        """Gradients by the views and the temperature.

        Parameters
        ----------
        on_negatives : array (2, B), or what the statistic takes
            dL/dnegatives.
        on_matches : array (B,)
            dL/dmatches.
        """
        gz, tau = self._pull(on_negatives), self.temperature
        match = on_matches / tau
        gx = plus_scaled_rows(gz[0, :, :], match, self.y)
        gy = plus_scaled_rows(gz[1, :, :], match, self.x)
        on_tau = on_temperature(tau, 2, (self.x, gx), (self.y, gy))
        gx, gy = self._x_back(gx, overwrite=True), self._y_back(gy, overwrite=True)
        return {"x": gx, "y": gy, "temperature": on_tau}

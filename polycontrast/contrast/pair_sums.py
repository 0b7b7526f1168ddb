"""Sums of softplus over all pairs of two sets of scores."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from polycontrast.arrays import Array, constant, known, namespace
from polycontrast.calculus.scores import Panels
from polycontrast.context import Settings, current_settings
from polycontrast.similarity import SIGMOID, SOFTPLUS, Function, Reading, Similarity, Sum

UNKNOWN, MOST = 2**10, 2**20
"""Panels of two temperatures where the range of scores is not known, and most panels elsewhere."""

LEAST = 128
"""Least rows and columns of a tile of nodes and scores."""


def pair_sums(
    t: Array, s: Array, temperature: Array, settings: Settings | None = None
) -> tuple[Array, Array, Callable[[Array], tuple[Array, Array]]]:
    """``sum_i softplus((t_k - s_i) / tau)`` and ``sum_i sigmoid(...)`` for each k, pair by pair.

    Differences are inner products of two numbers, ``(t_k, 1)`` and ``(1, -s_i)``, in tiles.

    Parameters
    ----------
    t : array (K,)
    s : array (n,)
    temperature : 0-d array
    settings : Settings, optional
        As in `Similarity`.

    Returns
    -------
    sums, slopes : array (K,)
    back : callable
        From dL/dsums to the gradients of `t` and of `s`.
    """
    xp = namespace(s)
    rows = xp.stack([t, xp.ones_like(t)], axis=1)
    columns = xp.stack([xp.ones_like(s), -s], axis=1)
    matrix = Similarity(
        rows, columns, scale=1 / temperature, what="pairs of scores", settings=settings
    )
    readings = Reading(Sum(SOFTPLUS)), Reading(Sum(SIGMOID))
    (sums, slopes), _, pull = matrix.read(*readings, columns=False)

    def back(g: Array) -> tuple[Array, Array]:
        pulled = pull((g, None), None)
        return pulled.x[:, 0], -pulled.y[:, 1]

    return sums, slopes, back


class SumsOverScores:
    """``F(t) = sum_i softplus((t - s_i) / tau)`` as a function of one variable.

    The sums are computed at the nodes of some panels and interpolated between them. So K values of
    F take of the order of ``n bound / tau + K`` steps, and not ``n K``.

    Parameters
    ----------
    s : array (n,)
    temperature : 0-d array
    bound : 0-d array or float
        No score and no `t` is larger in size.

    Attributes
    ----------
    function : Function
        F and its slope, 0 at -inf. They are nan where more panels than `MOST` were needed, or more
        than `UNKNOWN` where JAX traces the range.
    """

    def __init__(self, s: Array, temperature: Array, bound: Any):
        xp = namespace(s)
        bound = constant(xp.maximum(temperature, bound))
        count = panels_for(bound, temperature)
        self._panels = panels = Panels(bound, count, s)
        settings = current_settings()
        tile = settings.forced_tile
        if tile is not None:  # small tiles would be many: there are more nodes than scores
            rows, columns = tile
            settings = replace(settings, tile=(max(rows, LEAST), max(columns, LEAST)))
        sums, slopes, self._back = pair_sums(panels.nodes, s, temperature, settings)
        # Too few panels make nan and no wrong number.
        enough = bound <= 1.001 * count * constant(temperature)
        sums = xp.where(enough, sums, math.nan)
        values, derivatives = map(panels.coefficients, (sums, slopes / temperature))
        self.function = Function(
            "sums over scores",
            lambda t: panels.at(values, t),
            lambda t: panels.at(derivatives, t),
        )

    def weights(self, t: Array) -> Array:
        """Weights of the nodes in the sum of F over numbers, which add up over sets of these."""
        return self._panels.spread(t)

    def back(self, weights: Array) -> Array:
        """Gradient of the scores, from the weights of the nodes times the cotangent."""
        return self._back(weights)[1]


def panels_for(bound: Any, temperature: Array) -> int:
    """Panels that cover ``[-bound, bound]``, at most `MOST`; `UNKNOWN` where JAX traces it."""
    ratio = known(bound / temperature)
    if ratio is None:
        return UNKNOWN
    return max(1, math.ceil(min(ratio, MOST))) if not math.isnan(ratio) else 1

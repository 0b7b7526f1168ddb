"""Codes by Sinkhorn-Knopp of the products of rows and columns, which no matrix holds."""

import math
from typing import Any

from polycontrast.arrays import Array, constant, device, namespace
from polycontrast.context import whole_batch
from polycontrast.similarity import Companion, Similarity


def codes(
    rows: Array, columns: Array, epsilon: float, iterations: int, more: Array | None = None
) -> Companion:
    """Logarithms of the codes of rows, up to a constant of each, as products of a matrix.

    A step of Sinkhorn and Knopp is a log-sum-exp of the scores over epsilon with the offsets of the
    other side. A code is the softmax of the scores with the last offsets g of the columns. Nothing
    has a gradient.

    Parameters
    ----------
    rows : array (B, D)
        With ``comm=`` those of this rank.
    columns : array (K, D)
        The same on all ranks.
    epsilon : float
    iterations : int
        At least 1.
    more : array (n, D), optional
        Further rows that take part, the same on all ranks.

    Returns
    -------
    Companion
        Of matrices whose rows stand for the same samples.
    """
    own, columns = constant(rows), constant(columns)
    parts = [own] if more is None else [own, constant(more)]
    xp, ranks = namespace(own), whole_batch().size
    scale = xp.asarray(1 / epsilon, dtype=own.dtype, device=device(own))

    def matrix(part: Array, *offsets: Any) -> Similarity:
        return Similarity(
            part, columns, scale=scale, offsets=offsets, everywhere=True, what="codes"
        )

    def column_step(of_rows: list[Any]) -> Array:
        pairs = zip(parts, of_rows, strict=True)
        found: list[Any] = [matrix(part, h, None).logsumexp()[1] for part, h in pairs]
        if more is not None:  # each rank has counted its rows
            found = [xp.logaddexp(found[0], found[1] - math.log(ranks))]
        return -found[0]

    g = column_step([None] * len(parts))
    for _ in range(iterations - 1):
        g = column_step([-matrix(part, None, g).logsumexp(columns=False)[0] for part in parts])
    return Companion(
        xp.concat([scale * own, xp.ones_like(own[:, :1])], axis=1),
        xp.concat([columns, g[:, None]], axis=1),
    )

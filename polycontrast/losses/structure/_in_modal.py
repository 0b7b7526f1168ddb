"""Contrast of rows with their augmented versions, within one modality."""

from typing import Literal

from polycontrast.arrays import Array, namespace, row_dot, sigmoid, softplus
from polycontrast.contrast import on_temperature, other_items
from polycontrast.losses.two_view.info_nce import info_nce
from polycontrast.objective import whole_batch
from polycontrast.similarity import Similarity

Denominator = Literal["augmented", "original"]


def in_modal(a: Array, b: Array, temperature: Array, denominator: str, ids: Array | None = None):
    """Mean over rows of the log-sum-exp over candidates minus the match's logit.

    Candidates of a row are all rows of the augmented `b` or, as in the paper's formula, all rows
    of `a` itself. There is one direction: rows of `a` are the anchors. With `ids` candidates are of
    other items.

    Returns
    -------
    value : 0-d array
    back : callable
        From the cotangent to dL/da, dL/db and dL/dtemperature.
    """
    if denominator == "augmented":
        wrt = ("x", "y", "temperature")
        options = dict(temperature=temperature, symmetric=False, normalize=False, ids=ids)
        return info_nce.vjp(a, b, wrt=wrt, **options)
    xp, batch = namespace(a), whole_batch()
    samples, scale = batch.samples(a.shape[0]), 1 / temperature
    others, _, pull = Similarity(
        a, scale=scale, pairs=other_items(ids), what="in-modal"
    ).logsumexp()
    # Over the row itself and the others: self - match + softplus(others - self), where the small
    # difference is taken between rows, before it is divided by the temperature.
    excess = others - scale * row_dot(a, a)
    losses = scale * row_dot(a, a - b) + softplus(excess)

    def back(g):
        h = g / samples
        q = h * sigmoid(excess)
        ga = pull(q).x + scale * ((2 * (h - q))[:, None] * a - h * b)
        gb = -scale * h * a
        return ga, gb, on_temperature(temperature, 2, (a, ga), (b, gb))

    return batch.sum(xp.sum(losses)) / samples, back

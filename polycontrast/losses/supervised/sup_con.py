"""Supervised contrastive loss."""

import math
from typing import Annotated, Any, Literal

from polycontrast.arrays import Array, namespace, sigmoid, softplus
from polycontrast.calculus import unit_rows
from polycontrast.contrast import label_softmax, on_temperature, rescaled
from polycontrast.objective import (
    BadArgument,
    ClassLabels,
    Count,
    Normalize,
    Positive,
    Reduction,
    Role,
    Temperature,
    objective,
    whole_batch,
)
from polycontrast.similarity import CountedSum, Labels, OtherRows, Reading, Similarity

Rows = Annotated[Any, Role("views", ("M B D", "B D"), least_views=1)]


@objective(
    invariances=("rotation", "row_scale"),
    aliases=("SupCon", "SupConLoss", "supervised contrastive loss"),
)
def sup_con(
    z: Rows,
    labels: ClassLabels,
    *,
    temperature: Temperature = 0.07,
    variant: Literal["out", "in"] = "out",
    normalize: Normalize = True,
    base_temperature: Positive | None = None,
    anchors: Count | None = None,
    reduction: Reduction = "mean",
):
    r"""Supervised contrastive loss: all rows of a class pull together, against all other rows.

    .. math:: \frac{1}{N} \sum_i \Big[ \log \sum_{a \ne i} e^{\langle \hat z_i, \hat z_a \rangle
              / \tau} - \frac{1}{|P_i|} \sum_{p \in P_i} \langle \hat z_i, \hat z_p \rangle / \tau
              \Big],\quad P_i = \{p \ne i : y_p = y_i\}

    Parameters
    ----------
    z
        Rows with a label each, or views of samples with a label each. All MB rows count.
    labels
        Class of each sample.
    temperature
        The value of the authors' code.
    variant
        ``"out"`` has the mean over the positives outside of the logarithm, ``"in"`` inside.
    base_temperature
        If given, the loss is multiplied by ``temperature / base_temperature``, as in the authors'
        code.
    anchors
        Number of anchors: only so many views, or rows where there are no views, the first ones.
        All rows remain candidates. Default: all.
    reduction
        There is one for each anchor, those of the first view first.

    Returns
    -------
    loss : 0-d array, or (N,) for ``reduction="none"``, with N anchors

    Raises
    ------
    ValueError
        When there are fewer views or rows than `anchors`.

    Notes
    -----
    An anchor without positives has loss 0 and gradient 0, and still counts in the mean. With the
    softmax :math:`p_{ia}` over :math:`a \ne i`, the derivative with respect to a logit is
    :math:`p_{ia} - t_{ia}`, where t is 1/\|P\| on the positives for ``"out"``, and their own
    softmax for ``"in"``:

    .. math:: \ell^{in}_i = \log|P_i| + \mathrm{softplus}\big(\mathrm{LSE}_{Q_i} -
              \mathrm{LSE}_{P_i}\big),

    with the rows :math:`Q_i` of other classes. It is at most :math:`\ell^{out}_i`. Log-sum-exp and
    mean are read from one product, of which half is computed, in O(N D) memory when tiled. With
    ``comm=`` and several views give them as views: rows of ranks that are joined view by view
    would change places. Two views and different labels: `nt_xent`.

    References
    ----------
    P. Khosla et al., "Supervised Contrastive Learning", NeurIPS 2020, arXiv 2004.11362.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> float(pc.sup_con(np.eye(4), np.array([0, 0, 1, 1]), temperature=1.0).round(6))
    1.098612
    """
    rows, rows_back = unit_rows(z, normalize)
    matrix = Similarity(rows, scale=1 / temperature)
    contrast = _outside if variant == "out" else _inside
    losses, pull = contrast(matrix, Labels(labels))
    factor, of_factor = rescaled(losses, temperature, base_temperature)
    chosen, chosen_back = _leading(losses, anchors)

    def back(g):
        g = chosen_back(g)
        on_rows = pull(factor * g).x
        on_tau = on_temperature(temperature, 2, (rows, on_rows)) + of_factor(g)
        return {"z": rows_back(on_rows), "temperature": on_tau}

    return factor * chosen, back


def _outside(matrix: Similarity, same: Labels):
    """Log-sum-exp over the other rows less the mean over the positives."""
    losses, _, pull = label_softmax(matrix, OtherRows(), same & OtherRows())
    return losses, pull


def _inside(matrix: Similarity, same: Labels):
    """Minus the logarithm of the mean probability of the positives."""
    xp = matrix.matrix.xp
    (others, positives, (_, count)), _, pull = matrix.read(
        Reading(matrix.exp_sum(), Labels(same.rows, same=False)),
        Reading(matrix.exp_sum(), same & OtherRows()),
        Reading(CountedSum(), same & OtherRows()),
    )
    some = count > 0
    zeros = xp.zeros_like(count)
    logit = xp.where(some, others - xp.where(some, positives, zeros), zeros - math.inf)
    losses = xp.where(some, softplus(logit) + xp.log(xp.where(some, count, 1 + zeros)), zeros)

    def back(g):
        share = g * sigmoid(logit)
        return pull((share, -share, None))

    return losses, back


def _leading(losses: Array, anchors: int | None):
    """Losses of the anchors, in one axis, and their pullback to those of all rows."""
    xp, batch = namespace(losses), whole_batch()
    here = count = losses.shape[0]
    if anchors is not None:
        views = losses.ndim == 2
        total, first = (here, 0) if views else (batch.samples(here), batch.start())
        if anchors > total:
            what = "views" if views else "rows"
            raise BadArgument(f"anchors must be at most {total}, the {what} given, got {anchors}")
        if not isinstance(first, int):
            raise BadArgument("anchors must be views where ranks are traced, got rows")
        count = min(max(anchors - first, 0), here)

    def back(g: Array) -> Array:
        g = xp.reshape(g, (count, *losses.shape[1:]))
        return xp.concat([g, xp.zeros_like(losses[count:, ...])], axis=0)

    return xp.reshape(losses[:count, ...], (-1,)), back

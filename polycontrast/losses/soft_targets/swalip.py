"""Swapped prediction of codes across two modalities."""

from typing import Annotated, Any

from polycontrast.arrays import constant, device, namespace
from polycontrast.calculus import unit_rows
from polycontrast.contrast import CompanionTargets, on_temperature
from polycontrast.objective import (
    Count,
    Held,
    Positive,
    Reduction,
    Role,
    Temperature,
    objective,
)
from polycontrast.similarity import Companion, Similarity

TwoViews = Annotated[Any, Role("views", ("2 B D",), about="Two views of each sample.")]


@objective(
    invariances=("sample_permutation", "rotation", "row_scale"),
    held=Held("x_views", "y_views"),
)
def swalip(
    x_views: TwoViews,
    y_views: TwoViews,
    *,
    temperature: Temperature = 0.1,
    epsilon: Positive = 0.05,
    iterations: Count = 3,
    reduction: Reduction = "mean",
):
    r"""Swapped prediction with the batch of the other modality as prototypes (SwALIP).

    .. math:: \frac{1}{8 B} \sum_{a, b} \sum_i \Big[ - \sum_j Q^{ab}_{ij} \log
              \mathrm{softmax}_j \big( \langle \hat x^a_i, \hat y^b_j \rangle / \tau \big)
              - \sum_j R^{ab}_{ij} \log \mathrm{softmax}_j \big( \langle \hat y^b_i, \hat x^a_j
              \rangle / \tau \big) \Big]

    Parameters
    ----------
    x_views, y_views
        Those of two modalities.
    temperature
        The value of SwAV.
    epsilon
        Smoothness of the codes, the value of SwAV.
    iterations
        Steps of `sinkhorn`, as in SwAV.
    reduction
        There is one for each sample, from both modalities.

    Notes
    -----
    The codes :math:`Q^{ab}` are those of `sinkhorn` of the scores :math:`\langle \hat x^{1-a}_i,
    \hat y^{1-b}_j \rangle` of the other two views, and :math:`R^{ab}` those of their transpose.
    They are constants. The gradient by the scores is a softmax minus the codes, over
    :math:`8 B \tau`. With :math:`Q_{ij} \propto e^{s_{ij}/\epsilon + g_j}` and
    :math:`R_{ji} \propto e^{s_{ij}/\epsilon + h_i}` one matrix of :math:`s_{ij}/\epsilon + h_i
    + g_j` beside the logits holds both: its softmax along the rows does not depend on h, nor that
    along the columns on g. So no B x B matrix is stored. The offsets take 2 ``iterations`` - 1
    products for each of four pairs of views, the value two, and its gradient two more. The paper
    adds this loss to that of CLIP with weight 0.2.

    References
    ----------
    E. Fini, P. Astolfi, A. Romero-Soriano, J. Verbeek, M. Drozdzal, "Improved Baselines for
    Vision-Language Pre-training", TMLR 2023, arXiv 2305.08675.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> views = np.stack([np.eye(3)] * 2)
    >>> float(pc.swalip(views, views, temperature=1.0).round(6))
    0.551445
    """
    xp = namespace(x_views)
    x, x_back = unit_rows(x_views)
    y, y_back = unit_rows(y_views)
    views = {(a, b): (x[a, ...], y[b, ...]) for a in (0, 1) for b in (0, 1)}
    codes = {k: _codes(*rows, epsilon, iterations) for k, rows in views.items()}
    losses, pulls = 0.0, {}
    for (a, b), rows in views.items():
        beside = codes[1 - a, 1 - b]
        matrix = Similarity(*rows, scale=1 / temperature, beside=beside)
        of_rows, of_columns, pulls[a, b] = matrix.reduce(CompanionTargets())
        losses = losses + sum(lse - mean for lse, _, mean, _ in (of_rows, of_columns)) / 8

    def back(g):
        cotangents = (g / 8, None, -g / 8, None)
        pulled = {k: pull(cotangents, cotangents) for k, pull in pulls.items()}
        gx = xp.stack([pulled[a, 0].x + pulled[a, 1].x for a in (0, 1)], axis=0)
        gy = xp.stack([pulled[0, b].y + pulled[1, b].y for b in (0, 1)], axis=0)
        on_tau = on_temperature(temperature, 1, (x, gx))
        return {"x_views": x_back(gx), "y_views": y_back(gy), "temperature": on_tau}

    return losses, back


def _codes(x, y, epsilon, iterations):
    """Logarithms of the codes of the rows and of the columns, up to constants of each, as a matrix.

    A step of Sinkhorn and Knopp is a log-sum-exp of the scores with the offsets of the other side.
    Own offsets only add to it, so one walk makes a step of the rows and one of the columns.
    """
    x, y, xp, where = constant(x), constant(y), namespace(x), device(x)
    scale = xp.asarray(1 / epsilon, dtype=x.dtype, device=where)

    def step(of_rows, of_columns):
        matrix = Similarity(x, y, scale=scale, offsets=(of_rows, of_columns), what="codes")
        rows, columns, _ = matrix.logsumexp()
        return of_rows - rows, of_columns - columns

    h, g = step(xp.zeros_like(x[:, 0]), xp.zeros_like(y[:, 0]))
    for _ in range(iterations - 1):
        h, g = step(*step(h, g))
    ones = xp.ones_like(h)
    return Companion(
        xp.concat([scale * x, h[:, None], ones[:, None]], axis=1),
        xp.concat([y, ones[:, None], g[:, None]], axis=1),
    )

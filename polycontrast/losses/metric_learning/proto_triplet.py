"""The triplet loss of queries and prototypes."""

from typing import Annotated, Any

from polycontrast.arrays import device, namespace
from polycontrast.calculus import unit_rows
from polycontrast.contrast import full_distances
from polycontrast.objective import (
    BadArgument,
    Embeddings,
    IndexInto,
    Normalize,
    Positive,
    Reduction,
    Role,
    objective,
)

Prototypes = Annotated[Any, Role("rows", ("C D",), about="Row c stands for class c.")]
Classes = Annotated[Any, IndexInto("C", "B", about="Class of each row.")]


@objective(invariances=("sample_permutation", "rotation", "row_scale", "translation"))
def proto_triplet(
    x: Embeddings,
    prototypes: Prototypes,
    labels: Classes,
    *,
    margin: float = 0.5,
    eps: Positive = 1e-6,
    normalize: Normalize = False,
    reduction: Reduction = "mean",
):
    r"""Hinge on the distances of a query to its own prototype and to the nearest other one.

    .. math:: \frac{1}{B} \sum_i \max \Big( d(x_i, c_{y_i}) - \min_{k \ne y_i} d(x_i, c_k) + m,
              0 \Big),\quad d(a, b) = \sqrt{|a - b|^2 + \epsilon}

    Parameters
    ----------
    x
        Queries.
    prototypes
        In the paper the means of the rows of a class in the support set. With ``comm=``, all ranks
        have the same.
    margin
        The margin m. The authors' value.
    eps
        :math:`\epsilon`, which gives the distance of coincident rows a slope. The authors' value.
    reduction
        One per query. Those whose hinge is 0 count in the mean.

    Notes
    -----
    A query inside the hinge has the gradient :math:`(x - c_y) / d_y - (x - c_k) / d_k`; both
    prototypes have minus their own part. The choice of the nearest is constant in the gradient, and
    of equal distances the lowest index counts. At the edge of the hinge the gradient is 0. The
    paper adds this loss to a cross-entropy of the negative squared distances.

    Raises
    ------
    ValueError
        When there is only one prototype.

    References
    ----------
    M. Mendez-Ruiz et al., "SuSana Distancia is all you need: Enforcing class separability in metric
    learning via two novel distance-based loss functions for few-shot image classification", 2023,
    arXiv 2305.09062.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, prototypes = np.asarray([[0.0, 3.0], [1.0, 0.5]]), np.asarray([[0.0, 0.0], [1.0, 0.0]])
    >>> float(pc.proto_triplet(x, prototypes, np.asarray([0, 1])).round(6))
    0.168861
    """
    xp, count = namespace(x), prototypes.shape[0]
    if count < 2:
        text = "prototypes must have at least 2 rows, so that a query has another one"
        raise BadArgument(f"{text}, got {count}")
    a, a_back = unit_rows(x, normalize)
    b, b_back = unit_rows(prototypes, normalize)
    classes = xp.arange(count, dtype=labels.dtype, device=device(labels))

    def read(squares, own_class, classes):
        d = xp.sqrt(squares + eps)
        own = own_class[:, None] == classes[None, :]
        others = xp.where(own, xp.inf, d)
        nearest = xp.argmax(-others, axis=1)[:, None]
        to_own = xp.sum(xp.where(own, d, 0.0), axis=1)
        to_nearest = xp.take_along_axis(d, nearest, axis=1)
        hinge = to_own - to_nearest[:, 0] + margin

        def pull(g):
            # By the squares: d has the slope 1 / (2 d).
            weight = 0.5 * g * xp.astype(hinge > 0, d.dtype)
            columns = xp.arange(count, dtype=nearest.dtype, device=device(d))
            is_nearest = columns[None, :] == nearest
            on_own = (weight / to_own)[:, None] * xp.astype(own, d.dtype)
            return on_own - weight[:, None] / to_nearest * xp.astype(is_nearest, d.dtype)

        return xp.maximum(hinge, 0.0), pull

    losses, pull = full_distances(
        a, b, read, (labels,), shared=(classes,), squared=True, everywhere=True
    )

    def back(g):
        found = pull(g)
        return {"x": a_back(found.x), "prototypes": b_back(found.y)}

    return losses, back

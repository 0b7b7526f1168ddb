"""How far queries are from the rows of a training set."""

from typing import Annotated, Any

from polycontrast.arrays import device, namespace
from polycontrast.calculus import unit_rows
from polycontrast.contrast import full_distances
from polycontrast.objective import Embeddings, Normalize, Reduction, Role, objective

_ABOUT = "Embeddings of the training set; mixed ones may be among them."
Training = Annotated[Any, Role("rows", ("T D",), about=_ABOUT)]


@objective(invariances=("sample_permutation", "rotation", "row_scale", "translation"))
def utilization(
    queries: Embeddings,
    train: Training,
    *,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Mean squared distance of queries to the nearest row of a training set.

    .. math:: \frac{1}{B} \sum_i \min_t |\hat q_i - \hat z_t|^2

    Parameters
    ----------
    queries
        Such as embeddings of a test set.
    train
        With ``comm=``, all ranks have the same.
    reduction
        One per query.

    Returns
    -------
    value
        In [0, 4] for unit rows. Lower means that the training set reaches farther into the space
        that the queries use.

    Notes
    -----
    More rows in `train` never raise it. The gradient of a query is :math:`2 (q - z) / B` with its
    nearest row z, which has minus that; of equal distances the lowest index counts. The definition
    is from recollection of the paper and not verified.

    References
    ----------
    S. Venkataramanan, B. Psomas, E. Kijak, L. Amsaleg, K. Karantzalos, Y. Avrithis, "It Takes Two
    to Tango: Mixup for Deep Metric Learning", ICLR 2022, arXiv 2106.04990.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> float(pc.utilization(np.asarray([[3.0, 0.0], [3.0, 4.0]]), np.eye(2)).round(6))
    0.2
    """
    a, a_back = unit_rows(queries, normalize)
    b, b_back = unit_rows(train, normalize)

    def read(squares):
        xp = namespace(squares)
        nearest = xp.argmax(-squares, axis=1)[:, None]
        columns = xp.arange(squares.shape[1], dtype=nearest.dtype, device=device(squares))
        chosen = xp.astype(columns[None, :] == nearest, squares.dtype)
        return xp.take_along_axis(squares, nearest, axis=1)[:, 0], lambda g: g[:, None] * chosen

    losses, pull = full_distances(a, b, read, squared=True, everywhere=True)

    def back(g):
        found = pull(g)
        return {"queries": a_back(found.x), "train": b_back(found.y)}

    return losses, back

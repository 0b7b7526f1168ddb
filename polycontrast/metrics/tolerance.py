"""The closeness of samples of one class."""

from typing import Annotated, Any

from polycontrast.arrays import known, namespace
from polycontrast.calculus import unit_rows
from polycontrast.contrast import by_label
from polycontrast.objective import BadArgument, Normalize, Role, objective, whole_batch
from polycontrast.similarity import CountedSum, Labels, OtherRows, Similarity

Rows = Annotated[Any, Role("rows", ("N D",))]
RowLabels = Annotated[Any, Role("rows", ("N",), dtype="integral")]


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def tolerance(z: Rows, labels: RowLabels, *, normalize: Normalize = True):
    r"""Mean similarity of two rows with one label; higher is more tolerant.

    .. math:: \frac{1}{P} \sum_{i < j} 1[y_i = y_j] \, \langle \hat z_i, \hat z_j \rangle

    Parameters
    ----------
    z
        Rows.
    labels
        Classes of the rows. P is the number of pairs with equal ones.

    Returns
    -------
    value
        In [-1, 1] for unit rows, 1 when all coincide.

    Raises
    ------
    ValueError
        When no two rows have one label. Where JAX traces the call, the value is nan instead.

    Notes
    -----
    Gradient: the sum of the other rows of the class, over P. The measure pairs with `uniformity`.
    The paper's expectation multiplies by the indicator; this is the mean over the pairs of a class.

    References
    ----------
    F. Wang, H. Liu, "Understanding the Behaviour of Contrastive Loss", CVPR 2021,
    arXiv 2012.09740.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> float(pc.tolerance(np.ones((3, 2)), np.asarray([0, 0, 1])).round(6))
    1.0
    """
    xp, batch = namespace(z), whole_batch()
    there, home = by_label(labels, z)
    u, u_back = unit_rows(there(z), normalize)
    same = Labels(there(labels)) & OtherRows()
    matrix = Similarity(u, scale=xp.ones_like(xp.sum(u)), pairs=same)
    (sums, pairs), _, pull = matrix.reduce(CountedSum())
    count = batch.sum(xp.sum(pairs))
    if known(count) == 0:
        raise BadArgument("labels must have a value twice, so that there is a pair, got none")

    def back(g):
        return {"z": home(u_back(pull(g / count + xp.zeros_like(sums)).x))}

    return batch.sum(xp.sum(sums)) / count, back

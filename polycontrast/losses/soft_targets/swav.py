"""Swapped prediction of the codes of views."""

from typing import Annotated, Any

from polycontrast.arrays import describe, infinite_to_nan, namespace
from polycontrast.calculus import unit_rows
from polycontrast.contrast import CompanionTargets, codes, on_temperature
from polycontrast.objective import (
    BadArgument,
    Constant,
    Count,
    Held,
    Normalize,
    Positive,
    Reduction,
    Role,
    Temperature,
    Views,
    objective,
)
from polycontrast.similarity import Similarity

_PROTOTYPES = "They enter as they are: the method scales them to unit length after each step."
_QUEUE = "Rows of earlier steps, for each view of `assign`; they take part in its codes."
Prototypes = Annotated[Any, Role("rows", ("K D",), about=_PROTOTYPES)]
Queues = Annotated[Any, Constant("A n D", about=_QUEUE)]


@objective(invariances=("sample_permutation", "rotation"), held=Held("views", "prototypes"))
def swav(
    views: Views,
    prototypes: Prototypes,
    queue: Queues | None = None,
    *,
    temperature: Temperature = 0.1,
    epsilon: Positive = 0.05,
    iterations: Count = 3,
    assign: Any = (0, 1),
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Cross-entropy of the prototypes of a view with the code of another view (SwAV).

    .. math:: \frac{1}{A (M - 1) B} \sum_{a \in \mathrm{assign}} \sum_{v \ne a} \sum_i
              \Big[ - \sum_k q^a_{ik} \log \mathrm{softmax}_k \big( \langle \hat z^v_i, c_k \rangle
              / \tau \big) \Big]

    Parameters
    ----------
    queue
        With ``comm=`` the same on all ranks. Useful where the batch is smaller than K.
    temperature
        The paper's value.
    epsilon
        Smoothness of the codes, the paper's value.
    iterations
        Steps of `sinkhorn`, as in the paper.
    assign : tuple of int, default (0, 1)
        Indices of the A views that have codes, those of the large crops.

    Raises
    ------
    ValueError
        When `assign` is no tuple of different views, or `queue` holds other than A arrays.

    Notes
    -----
    The codes :math:`q^a` are those of `sinkhorn` of the scores :math:`\langle \hat z^a_i, c_k
    \rangle`, over all ranks, with the scores of the queue beside them. They are constants. The
    gradient by the scores of view v is :math:`m_v` times its softmax minus the sum of the
    :math:`m_v` codes of the others, over :math:`A (M - 1) B \tau`. A code is the softmax of scores
    with offsets of the prototypes, which take 2 ``iterations`` - 1 products, and is computed tile
    by tile beside the softmax that it is the target of.

    References
    ----------
    M. Caron, I. Misra, J. Mairal, P. Goyal, P. Bojanowski, A. Joulin, "Unsupervised Learning of
    Visual Features by Contrasting Cluster Assignments", NeurIPS 2020, arXiv 2006.09882.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> views = np.stack([np.eye(3)] * 2)
    >>> float(pc.swav(views, np.eye(3), temperature=1.0).round(6))
    0.551445
    """
    xp, count = namespace(views), views.shape[0]
    _check_assign(assign, count, queue)
    z, z_back = unit_rows(views, normalize)
    columns, scale = infinite_to_nan(prototypes), 1 / temperature
    earlier = None if queue is None else unit_rows(queue, normalize)[0]
    share, losses, pulls = 1 / (len(assign) * (count - 1)), 0.0, {}
    for k, a in enumerate(assign):
        more = None if earlier is None else earlier[k, ...]
        code = codes(z[a, ...], columns, epsilon, iterations, more)
        for v in range(count):
            if v != a:
                matrix = Similarity(z[v, ...], columns, scale=scale, everywhere=True, beside=code)
                (lse, _, mean, _), _, pulls[a, v] = matrix.reduce(CompanionTargets(), columns=False)
                losses = losses + share * (lse - mean)

    def back(g):
        of_views, of_columns = [xp.zeros_like(z[v, ...]) for v in range(count)], 0.0
        for (_, v), pull in pulls.items():
            pulled = pull((share * g, None, -share * g, None), None)
            of_views[v], of_columns = of_views[v] + pulled.x, of_columns + pulled.y
        on_z = xp.stack(of_views, axis=0)
        on_tau = on_temperature(temperature, 1, (z, on_z))
        return {"views": z_back(on_z), "prototypes": of_columns, "temperature": on_tau}

    return losses, back


def _check_assign(assign, count, queue):
    """Refuse what are no different indices of views, and a queue for others."""
    several = isinstance(assign, (tuple, list)) and len(assign) > 0
    if not several or any(type(a) is not int or not 0 <= a < count for a in assign):
        got = describe(assign)
        raise BadArgument(f"assign must be a tuple of indices of {count} views, got {got}")
    if len(set(assign)) < len(assign):
        raise BadArgument(f"assign must hold each view once, got {describe(assign)}")
    if queue is not None and queue.shape[0] != len(assign):
        got = f"{queue.shape[0]} for {len(assign)} views"
        raise BadArgument(f"queue must hold an array for each view of assign, got {got}")

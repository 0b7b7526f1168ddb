"""Swapped prediction of the codes of views."""

from typing import Annotated, Any

from polycontrast.arrays import (
    constant,
    describe,
    infinite_to_nan,
    inner,
    namespace,
)
from polycontrast.calculus import log_softmax, sinkhorn_codes, unit_rows
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
    whole_batch,
)

_PROTOTYPES = "They enter as they are: the method scales them to unit length after each step."
_QUEUE = "Rows of earlier steps, for each view of `assign`; they take part in its codes."
Prototypes = Annotated[Any, Role("rows", ("K D",), about=_PROTOTYPES)]
Queues = Annotated[Any, Constant("A n D", about=_QUEUE)]


@objective(
    invariances=("sample_permutation", "rotation"),
    held=Held("views", "prototypes"),
    aliases=("SwaVLoss",),
)
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
    targets of a view add, so there is one softmax for each view and not for each pair. The gradient
    by the scores of view v is :math:`m_v` times its softmax minus the sum of the :math:`m_v` codes
    of the others, over :math:`A (M - 1) B \tau`. Scores of (M, B, K) are held.

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
    xp, batch, count = namespace(views), whole_batch(), views.shape[0]
    _check_assign(assign, count, queue)
    z, z_back = unit_rows(views, normalize)
    columns = infinite_to_nan(prototypes)
    scores = xp.matmul(z, xp.matrix_transpose(columns))
    codes = {}
    for k, a in enumerate(assign):
        others = None
        if queue is not None:
            rows, _ = unit_rows(queue[k, ...], normalize)
            others = constant(xp.matmul(rows, xp.matrix_transpose(columns))) / epsilon
        logits = constant(scores[a, ...]) / epsilon
        codes[a] = sinkhorn_codes(logits, iterations, others, batch.logsumexp)
    nothing = xp.zeros_like(scores[0, ...])
    targets = xp.stack(
        [sum((codes[a] for a in assign if a != v), nothing) for v in range(count)], axis=0
    )
    targets = targets / (len(assign) * (count - 1))
    log_share, log_share_back = log_softmax(scores / temperature)

    def back(g):
        on_scores = log_share_back(-g[None, :, None] * targets) / temperature
        of_views = xp.matmul(xp.matrix_transpose(on_scores), z)
        return {
            "views": z_back(xp.matmul(on_scores, columns)),
            "prototypes": xp.sum(of_views, axis=0),
            "temperature": -inner(scores, on_scores) / temperature,
        }

    return -xp.sum(targets * log_share, axis=(0, 2)), back


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

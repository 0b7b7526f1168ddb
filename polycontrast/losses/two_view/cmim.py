"""The contrastive term of the contrastive mutual information machine."""

from polycontrast.arrays import (
    finite_or_zero,
    inner,
    namespace,
    row_dot,
    safe_log,
    sigmoid,
    softplus,
)
from polycontrast.calculus import unit_rows
from polycontrast.contrast import centred, count_others, other_items
from polycontrast.objective import (
    Embeddings,
    Ids,
    Reduction,
    Temperature,
    at_least_two,
    objective,
)
from polycontrast.similarity import Similarity


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def cmim(
    z: Embeddings,
    ids: Ids | None = None,
    *,
    temperature: Temperature = 0.1,
    reduction: Reduction = "mean",
):
    r"""Contrast of each row with the mean of all others, without a second view (cMIM).

    .. math:: \frac{1}{B} \sum_i \log \Big( 1 +
              \frac{1}{B - 1} \sum_{j \ne i} e^{(\cos(z_i, z_j) - 1) / \tau} \Big)

    Parameters
    ----------
    z
        At least 2 codes. Rows are always scaled to unit length.
    temperature
        The default is ours; that of the paper was not found.

    Returns
    -------
    loss
        In (0, log 2].

    Raises
    ------
    ValueError
        When ``B < 2``, as there is no negative.

    Notes
    -----
    The positive is the row itself, with cosine 1. The mean over the negatives, and not their sum,
    makes the loss indifferent to the size of the batch. Rows that coincide have the loss
    :math:`\log 2`. The likelihood terms of the machine are the caller's. The form is read from the
    abstract and a public review; mean and positive were not compared with the authors' code.
    Half of one Gram matrix is computed, of centred rows: in float32 the value is accurate also for
    codes that nearly coincide.

    References
    ----------
    M. Livne, "cMIM", 2025, arXiv 2502.19642, and "Contrastive Mutual Information Learning", 2025,
    arXiv 2509.21511.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> float(pc.cmim(np.eye(3), temperature=1.0).round(6))
    0.313262
    """
    xp = namespace(z)
    at_least_two("z", z.shape[0], "a negative")
    u, u_back = unit_rows(z, True)
    # cos - 1 = <v_i, v_j> + c_i + c_j of centred rows, with digits also where all rows are close.
    (v,) = centred(u)
    squares = row_dot(v, v)
    missing = xp.where(row_dot(u, u) == 0, xp.ones_like(squares), 0.0)  # of the length of a row
    of_rows = -(squares + missing) / (2 * temperature)
    matrix = Similarity(
        v, scale=1 / temperature, pairs=other_items(ids), offsets=(of_rows, of_rows)
    )
    negatives, _, pull = matrix.logsumexp()
    logit = negatives - finite_or_zero(safe_log(count_others(ids, z)))

    def back(g):
        pulled = pull(g * sigmoid(logit))
        gu = pulled.x - pulled.of_rows[:, None] * v / temperature
        # Logits are products of two rows, and offsets, over tau: Euler's theorem.
        of_logits = inner(v, pulled.x) / 2 + xp.sum(pulled.of_rows * of_rows)
        return {"z": u_back(gu), "temperature": -of_logits / temperature}

    return softplus(logit), back

"""The contrastive term of the contrastive mutual information machine."""

import math

from polycontrast.arrays import inner, namespace, sigmoid, softplus
from polycontrast.calculus import unit_rows
from polycontrast.objective import (
    BadArgument,
    Embeddings,
    Reduction,
    Temperature,
    objective,
    whole_batch,
)
from polycontrast.similarity import OtherSamples, Similarity


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def cmim(z: Embeddings, *, temperature: Temperature = 0.1, reduction: Reduction = "mean"):
    r"""Contrast of each row with the mean of all others, without a second view (cMIM).

    .. math:: \frac{1}{B} \sum_i \log \Big( 1 +
              \frac{1}{B - 1} \sum_{j \ne i} e^{(\cos(z_i, z_j) - 1) / \tau} \Big)

    Parameters
    ----------
    z
        At least 2 codes. Rows are always scaled to unit length.
    temperature
        The paper's default is not known to us.

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
    Half of one Gram matrix is computed.

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
    xp, others = namespace(z), whole_batch().samples(z.shape[0]) - 1
    if others < 1:
        raise BadArgument("z must have at least 2 rows, so that there is a negative, got 1")
    u, u_back = unit_rows(z, True)
    negatives, _, pull = Similarity(u, scale=1 / temperature, pairs=OtherSamples()).logsumexp()
    logit = negatives - math.log(others) - 1 / temperature

    def back(g):
        weights = g * sigmoid(logit)
        gu = pull(weights).x
        # Every cosine is a product of two rows over tau: Euler's theorem, degree 2.
        of_cosines = -inner(u, gu) / (2 * temperature)
        return {"z": u_back(gu), "temperature": of_cosines + xp.sum(weights) / temperature**2}

    return softplus(logit), back

"""Decoupled hyperspherical energy loss."""

from polycontrast.arrays import row_dot
from polycontrast.calculus import unit_rows
from polycontrast.contrast import on_temperature, other_items, where_some
from polycontrast.objective import (
    Embeddings,
    Ids,
    Normalize,
    Reduction,
    Temperature,
    Weights,
    at_least_two,
    objective,
)
from polycontrast.similarity import Similarity


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def dhel(
    x: Embeddings,
    y: Embeddings,
    weights: Weights | None = None,
    ids: Ids | None = None,
    *,
    temperature: Temperature = 0.3,
    both: bool = True,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Alignment of matching rows and the energy within each view.

    .. math:: \frac{1}{B}
              \sum_i \Big\{ -\langle x_i, y_i \rangle/\tau + \log \sum_{j \ne i} e^{\langle x_i, x_j
              \rangle/\tau} + \log \sum_{j \ne i} e^{\langle y_i, y_j \rangle/\tau} \Big\}

    Parameters
    ----------
    x, y
        Two views of at least 2 samples.
    temperature
        The authors' value.
    both
        Count the energy of `y` too (``include_augs`` in the authors' code).

    Returns
    -------
    loss
        May be negative.

    Raises
    ------
    ValueError
        When ``B < 2``.

    Notes
    -----
    No product of `x` with `y` is computed, only half of the tiles of each view's own Gram matrix.
    An anchor that `ids` leave without a negative has loss 0.
    `mv_dhel` of two views equals this loss.

    References
    ----------
    P. Koromilas, G. Bouritsas, T. Giannakopoulos, M. Nicolaou, Y. Panagakis, "Bridging Mini-Batch
    and Asymptotic Analysis in Contrastive Learning: From InfoNCE to Kernel-Based Losses",
    ICML 2024, arXiv 2405.18045.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.eye(3)
    >>> float(pc.dhel(x, x, temperature=1.0).round(6))
    0.386294
    """
    at_least_two("x and y", x.shape[0], "an energy")
    a, a_back = unit_rows(x, normalize)
    b, b_back = unit_rows(y, normalize)
    scale, others = 1 / temperature, other_items(ids)
    energies, _, pull_a = Similarity(a, scale=scale, pairs=others, what="x").logsumexp()
    losses = energies - scale * row_dot(a, b)
    if both:
        energy, _, pull_b = Similarity(b, scale=scale, pairs=others, what="y").logsumexp()
        losses = losses + energy

    def back(g):
        g = where_some(g, energies, ids)
        pull = scale * g[:, None]
        ga, gb = pull_a(g).x - pull * b, -pull * a
        if both:
            gb = gb + pull_b(g).x
        gt = on_temperature(temperature, 2, (a, ga), (b, gb))
        return {"x": a_back(ga), "y": b_back(gb), "temperature": gt}

    return where_some(losses, energies, ids), back

"""Spectral contrastive loss."""

from polycontrast.arrays import Array, constant, namespace, row_dot
from polycontrast.calculus import row_squares, unit_rows
from polycontrast.objective import (
    Embeddings,
    Positive,
    Reduction,
    at_least_two,
    objective,
    whole_batch,
)


@objective(invariances=("sample_permutation", "rotation", "swap"))
def spectral_contrastive(
    x: Embeddings, y: Embeddings, *, mu: Positive | None = 1.0, reduction: Reduction = "mean"
):
    r"""Squared similarities of the negatives less twice the similarity of the positives.

    .. math:: \frac{1}{\mu} \Big[ -\frac{2}{B} \sum_i \langle x_i, y_i \rangle
              + \frac{1}{B(B-1)} \sum_{i \ne j} \langle x_i, y_j \rangle^2 \Big]

    Parameters
    ----------
    x, y
        Two views with at least two rows, which keep their lengths up to :math:`\sqrt{\mu}`.
    mu
        Longer rows are first scaled to the length :math:`\sqrt{\mu}`. None: rows stay as they are,
        and the loss is not divided. The authors take 10 for ImageNet.
    reduction
        There is one for each row of `x`.

    Raises
    ------
    ValueError
        When there is a single sample.

    Notes
    -----
    With :math:`G = Y^\top Y` the squares of a row sum to :math:`x_i^\top G x_i`, so no pair is
    formed: 8 B D^2 operations with the gradient, linear in B. For D > 3 B / 4 the products of all
    pairs are cheaper and are used, but not over ranks. At the length :math:`\sqrt\mu` the gradient
    is that of a scaled row. Minimising it factorises the normalised adjacency matrix of the graph
    of augmentations. With ``mu=None`` it is at least minus the square of the mean positive
    similarity over the mean squared negative one, reached at the best common scale of the rows.

    References
    ----------
    J. Z. HaoChen, C. Wei, A. Gaidon, T. Ma, "Provable Guarantees for Self-Supervised Deep Learning
    with Spectral Contrastive Loss", NeurIPS 2021, arXiv 2106.04156.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> float(pc.spectral_contrastive(np.eye(3), np.eye(3)))
    -2.0
    >>> float(pc.spectral_contrastive(np.ones((3, 2)), np.ones((3, 2)), mu=None))
    0.0
    """
    samples = at_least_two("x and y", x.shape[0], "a negative")
    a, a_back = _clipped(x, mu)
    b, b_back = _clipped(y, mu)
    squares, pull = row_squares(a, b, whole_batch(), own=False)
    scale = 1 / (mu or 1.0)

    def back(g):
        g = scale * g
        ga, gb = pull(g / (samples - 1))
        g = 2 * g[:, None]
        return {"x": a_back(ga - g * b), "y": b_back(gb - g * a)}

    return scale * (squares / (samples - 1) - 2 * row_dot(a, b)), back


def _clipped(x: Array, mu: float | None):
    """Rows of a length of at least the root of mu, scaled to it, and other rows as they are."""
    if mu is None:
        return unit_rows(x, normalize=False)
    xp, length = namespace(x), mu**0.5
    fixed = constant(x)
    long = (row_dot(fixed, fixed) >= mu)[:, None]
    unit, unit_back = unit_rows(x)
    # The square of an infinite row is infinite, and the unit row nan.
    return xp.where(long, length * unit, x), lambda g: xp.where(long, length * unit_back(g), g)

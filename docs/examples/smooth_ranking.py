"""Smooth ranking: every mismatch should score below the match of its row."""

from polycontrast.arrays import inner, row_dot
from polycontrast.calculus import unit_rows
from polycontrast.objective import (
    Embeddings,
    Normalize,
    Reduction,
    Temperature,
    at_least_two,
    objective,
)
from polycontrast.similarity import SOFTPLUS, OtherSamples, Similarity


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def smooth_ranking(
    x: Embeddings,
    y: Embeddings,
    *,
    temperature: Temperature = 0.1,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Mean softplus of how much each mismatch outscores the match of its row.

    .. math:: \frac{1}{B(B-1)} \sum_i \sum_{j \ne i} \mathrm{softplus}(s_{ij} - s_{ii}),
              \quad s_{ij} = \langle \hat x_i, \hat y_j \rangle / \tau

    Parameters
    ----------
    x, y
        Two views of at least 2 samples.

    Raises
    ------
    ValueError
        When ``B < 2``, as there is no mismatch.

    Notes
    -----
    A mismatch gets :math:`\sigma(s_{ij} - s_{ii})/(B-1)`, the match minus the sum of these.

    References
    ----------
    The worked example of the polycontrast documentation.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.eye(3)
    >>> float(smooth_ranking(x, x, temperature=1.0).round(6))
    0.313262
    """
    others = at_least_two("x and y", x.shape[0], "a mismatch") - 1  # of all ranks
    a, a_back = unit_rows(x, normalize)
    b, b_back = unit_rows(y, normalize)
    match = row_dot(a, b) / temperature
    matrix = Similarity(a, b, scale=1 / temperature, pairs=OtherSamples(), offsets=(-match, None))
    sums, _, pull = matrix.sums_of(SOFTPLUS, columns=False)

    def back(g):
        pulled = pull(g / others)
        # The match is in every offset of its row, with a minus.
        on_match = -pulled.of_rows[:, None] / temperature
        ga, gb = pulled.x + on_match * b, pulled.y + on_match * a
        # The temperature acts on <a, b> / tau only: Euler's theorem, degree 1 in a.
        gt = -inner(a, ga) / temperature
        return {"x": a_back(ga), "y": b_back(gb), "temperature": gt}

    return sums / others, back

"""The pairwise sigmoid loss of SigLIP."""

from polycontrast.arrays import namespace, plus_scaled_rows, row_dot, sigmoid, softplus
from polycontrast.calculus import unit_rows
from polycontrast.contrast import on_temperature, other_items
from polycontrast.objective import (
    Embeddings,
    Ids,
    Normalize,
    Reduction,
    Scalar,
    Temperature,
    objective,
)
from polycontrast.similarity import SOFTPLUS, Similarity


@objective(
    invariances=("sample_permutation", "rotation", "row_scale", "swap"),
    aliases=("SigLIP", "SigLipLoss"),
)
def sigmoid_contrastive(
    x: Embeddings,
    y: Embeddings,
    ids: Ids | None = None,
    *,
    temperature: Temperature = 0.1,
    bias: Scalar = -10.0,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Logistic loss of every pair separately, without a normaliser.

    .. math:: -\frac{1}{B} \sum_{ij}
              \log \sigma\big( z_{ij} ( \langle \hat x_i, \hat y_j \rangle / \tau + b ) \big),
              \quad z_{ij} = 2 \cdot 1[i = j] - 1

    Parameters
    ----------
    x, y
        Two views or modalities.
    temperature
        The paper learns :math:`t = 1/\tau`, from 10.
    bias
        Added to every logit. The paper starts it at -10, near the prior.
    reduction
        One per row of `x`, with its B pairs: the mean divides the sum over all pairs by B, not by
        B^2.

    Notes
    -----
    With :math:`l_{ij} = \langle \hat x_i, \hat y_j \rangle/\tau + b`,

    .. math:: \ell_i = \mathrm{softplus}(-l_{ii}) + \sum_{j \ne i} \mathrm{softplus}(l_{ij}).

    Gradient: :math:`\sigma(l_{ij})` for pairs, :math:`-\sigma(-l_{ii})` for matches. The product
    of all pairs is computed once for the value and three times with the gradient, tiled or not.

    References
    ----------
    X. Zhai, B. Mustafa, A. Kolesnikov, L. Beyer, "Sigmoid Loss for Language Image Pre-Training",
    ICCV 2023, arXiv 2303.15343.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.eye(3)
    >>> float(pc.sigmoid_contrastive(x, x, temperature=1.0, bias=0.0).round(6))
    1.699556
    """
    xp = namespace(x)
    a, a_back = unit_rows(x, normalize, apart=True)
    b, b_back = unit_rows(y, normalize, apart=True)
    biases = xp.zeros_like(x[:, 0]) + bias
    matrix = Similarity(a, b, scale=1 / temperature, pairs=other_items(ids), offsets=(biases, None))
    match = row_dot(a, b) / temperature + bias
    mismatches, _, pull = matrix.sums_of(
        SOFTPLUS, columns=False, like=match, positives=match, shift=bias
    )

    def back(g):
        pulled = pull(g)
        on_match = -g * sigmoid(-match)
        factors = on_match / temperature
        ga = plus_scaled_rows(pulled.x, factors, b)
        gb = plus_scaled_rows(pulled.y, factors, a)
        gt = on_temperature(temperature, 1, (a, ga))
        gbias = xp.sum(pulled.of_rows) + xp.sum(on_match)
        gx, gy = a_back(ga, overwrite=True), b_back(gb, overwrite=True)
        return {"x": gx, "y": gy, "temperature": gt, "bias": gbias}

    return mismatches + softplus(-match), back

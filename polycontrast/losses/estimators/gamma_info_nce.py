"""InfoNCE made additive over pairs by one gamma auxiliary variable an anchor."""

import math
from typing import Annotated, Any

from polycontrast.arrays import namespace, row_dot
from polycontrast.calculus import unit_rows
from polycontrast.contrast import on_temperature, other_items
from polycontrast.objective import (
    Embeddings,
    Ids,
    Normalize,
    Positive,
    Reduction,
    Role,
    Temperature,
    objective,
)
from polycontrast.similarity import EXP, PerAnchor, Similarity

Auxiliary = Annotated[Any, Role("rows", ("B", "2 B"), log_normalizer=-1)]


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def gamma_info_nce(
    x: Embeddings,
    y: Embeddings,
    log_auxiliary: Auxiliary,
    ids: Ids | None = None,
    *,
    temperature: Temperature = 0.1,
    scale: Positive = 1.0,
    include_positive: bool = True,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""InfoNCE with the normaliser out of the logarithm, and one more number for each anchor.

    Given that number the loss is a plain sum over pairs, and a small batch estimates its gradient
    without bias. `sample_auxiliary` draws it from the state of `update_log_normalizer`.

    .. math:: \frac{1}{B} \sum_i \Big[ u_i \Big( e^{l_{ii}} + c \sum_{j \ne i} e^{l_{ij}} \Big)
              - l_{ii} \Big], \quad l_{ij} = \langle \hat x_i, \hat y_j \rangle / \tau

    Parameters
    ----------
    x, y
        Two views or modalities.
    log_auxiliary
        Logarithm of :math:`u_i`, differentiable. (B,): the anchors are the rows of `x`. (2, B):
        both directions, the anchors of the second row are those of `y`. Take it from the state
        before this batch: drawn from this batch's own normaliser it has no use. -inf turns the
        repulsion of an anchor off.
    scale
        Weight c of the other samples. The number of all negatives over B - 1 makes the sum an
        unbiased estimate of that over the whole data set.
    include_positive
        Whether the normaliser holds the match itself. (That of the paper is to be verified.)
    reduction
        The loss of a sample is the mean over the directions.

    Notes
    -----
    From :math:`1/Z = \int_0^\infty e^{-uZ} du` the likelihood :math:`e^{l_{ii}}/Z_i` of an anchor
    is an average of :math:`e^{l_{ii} - u_i Z_i}` over :math:`u_i`, whose negative logarithm is

    .. math:: \ell_i = u_i Z_i - l_{ii},
              \qquad Z_i = e^{l_{ii}} + c \sum_{j \ne i} e^{l_{ij}},

    and :math:`u_i` given the model is exponential with mean :math:`1/Z_i`. A pair gets the weight
    :math:`u_i e^{l_{ij}}`, always formed as one exponential. At ``log_auxiliary = -log Z`` the
    gradients are those of InfoNCE, and :math:`\ell_i - \log u_i - 1` is its value; for any other
    it is larger. Weights of pairs need no normaliser of this batch: value and gradient
    take one pass.
    For B = 1, and for an anchor that `ids` leave without a negative, only the match is left. Take
    the state from `log_normalizer` with the same `ids`.

    References
    ----------
    C. Chen, J. Zhang, Y. Xu, L. Chen, J. Duan, Y. Chen, S. Tran, B. Zeng, T. Chilimbi, "Why do we
    need large batch sizes in contrastive learning? A gradient-bias perspective", NeurIPS 2022,
    https://scholars.duke.edu/individual/pub1588096
    All beyond its abstract is derived here, and to be verified against the paper.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.eye(3)
    >>> log_z = pc.log_normalizer(x, x, temperature=1.0)
    >>> loss = pc.gamma_info_nce(x, x, -log_z, temperature=1.0)
    >>> float((loss + log_z.mean() - 1).round(6))  # InfoNCE
    0.551445
    """
    xp = namespace(x)
    a, a_back = unit_rows(x, normalize)
    b, b_back = unit_rows(y, normalize)
    match = row_dot(a, b) / temperature
    log_u = log_auxiliary if log_auxiliary.ndim == 2 else log_auxiliary[None, :]
    shift, two = log_u + math.log(scale), log_u.shape[0] == 2
    options = {"scale": 1 / temperature, "pairs": other_items(ids)}
    if two:
        score = PerAnchor((None, shift[0, :]), (None, shift[1, :]))
        matrix = Similarity(a, b, score=score, **options)
    else:
        matrix = Similarity(a, b, offsets=(shift[0, :], None), **options)
    sides = log_u.shape[0]
    rows, columns, pull = matrix.sums_of(
        EXP, columns=two, like=match, share=lambda g: (g / sides,) * sides
    )
    repulsion = xp.stack([rows, columns] if two else [rows], axis=0)
    on_match = xp.exp(log_u + match[None, :]) if include_positive else xp.zeros_like(log_u)

    def back(g):
        h, pulled = g / sides, pull(g)
        weights = (h * xp.sum(on_match, axis=0) - g)[:, None] / temperature
        ga, gb = pulled.x + weights * b, pulled.y + weights * a
        g_log_u = h[None, :] * (repulsion + on_match)
        return {
            "x": a_back(ga),
            "y": b_back(gb),
            "log_auxiliary": xp.reshape(g_log_u, log_auxiliary.shape),
            "temperature": on_temperature(temperature, 1, (a, ga)),
        }

    return xp.sum(repulsion + on_match, axis=0) / sides - match, back

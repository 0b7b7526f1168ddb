"""Contrast of a mixed modality with one that is not mixed."""

from polycontrast.arrays import namespace, row_dot
from polycontrast.calculus import unit_rows
from polycontrast.contrast import SoftContrast, Targets, on_temperature
from polycontrast.losses.soft_targets._mixtures import Partners, Shares
from polycontrast.objective import (
    Embeddings,
    Normalize,
    Reduction,
    Temperature,
    objective,
)


@objective(invariances=("sample_permutation", "rotation", "row_scale"))
def mixco(
    x: Embeddings,
    y: Embeddings,
    perm: Partners,
    lam: Shares,
    *,
    temperature: Temperature = 0.1,
    symmetric: bool = True,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Contrast of mixed samples: each matches both of its parts, by their shares.

    .. math:: -\frac{1}{2B} \sum_{ij} T_{ij} \Big[ \log \frac{e^{s_{ij}}}{\sum_k e^{s_{ik}}}
              + \log \frac{e^{s_{ij}}}{\sum_k e^{s_{kj}}} \Big],\quad
              T_{ij} = \lambda_i \delta_{ij} + (1 - \lambda_i) \delta_{\pi_i j},\quad
              s_{ij} = \langle \hat x_i, \hat y_j \rangle / \tau

    Parameters
    ----------
    x
        Rows of mixed inputs: sample i with the share :math:`\lambda_i`, and sample :math:`\pi_i`.
    y
        The other modality, of the samples themselves.
    perm
        :math:`\pi`.
    lam
        :math:`\lambda`.
    temperature
        The authors' value.
    symmetric
        Average both directions, or take `x` as the anchors only.

    Notes
    -----
    The authors' code overwrites an entry of T where a sample is its own partner; here both shares
    add, so that rows of T have the sum 1. Columns have the sum :math:`\kappa_j` of all shares of
    sample j. With P and Q the softmax of rows and of columns, twice B times the derivative with
    respect to :math:`s_{ij}` is :math:`P_{ij} + \kappa_j Q_{ij} - 2 T_{ij}`. The products of T are
    gathers, so it costs what `info_nce` does, which it equals for :math:`\lambda = 1`.

    References
    ----------
    R. Kumar, R. Singhal, P. Kulkarni, D. Mehta, K. Jadhav, "Harnessing Shared Relations via
    Multimodal Mixup Contrastive Learning for Multimodal Classification" (M3CoL), 2024, arXiv
    2409.17777.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, perm, lam = np.eye(3), np.asarray([1, 2, 0]), np.asarray([1.0, 0.5, 1.0])
    >>> float(pc.mixco(x, x, perm, lam, temperature=1.0).round(6))
    0.718111
    """
    xp = namespace(x)
    a, a_back = unit_rows(x, normalize)
    b, b_back = unit_rows(y, normalize)
    scale, anchors = 1 / temperature, 2 if symmetric else 1
    of_rows, of_columns = Targets.mixed(perm, lam)
    losses = SoftContrast(a, b, scale, of_rows, of_columns if symmetric else None)
    values = (losses.rows + losses.columns) / 2 if symmetric else losses.rows

    def back(g):
        g = g / anchors
        ga, gb = losses.pull(g, g if symmetric else None)
        partner = xp.take(b, perm, axis=0)
        on_lam = g * scale * row_dot(a, partner - b)
        if symmetric:
            # As a target of column j the row i has d = LSE_j - s_ij: j is i, and pi_i in part.
            of_match = g * losses.columns_of_match
            g = xp.take(g, perm, axis=0)
            apart = g * scale * row_dot(partner, xp.take(a, perm, axis=0) - a)
            on_lam = on_lam + of_match - xp.take(of_match, perm, axis=0) - apart
        on_tau = on_temperature(temperature, 1, (a, ga))
        return {"x": a_back(ga), "y": b_back(gb), "lam": on_lam, "temperature": on_tau}

    return values, back

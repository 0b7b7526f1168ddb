"""Redundancy reduction between two modalities."""

from polycontrast.calculus import unit_rows
from polycontrast.losses.without_negatives._cross_correlation import decorrelation
from polycontrast.objective import Embeddings, Nonnegative, objective


@objective(invariances=("sample_permutation", "swap"))
def barlip(
    x: Embeddings,
    y: Embeddings,
    *,
    off_diagonal_weight: Nonnegative = 5e-3,
    scale: Nonnegative = 0.025,
):
    r"""Barlow Twins across modalities, of columns that are standardised already.

    .. math:: s \Big[ \sum_d (1 - C_{dd})^2 + w \sum_{d \ne e} C_{de}^2 \Big],\qquad
              C = \frac{1}{B} X^\top Y

    Parameters
    ----------
    x, y
        Two modalities, as the batch normalisation at the end of a projector makes them. Neither
        rows nor columns are changed.
    off_diagonal_weight
        Weight w of the entries off the diagonal; the authors' value.
    scale
        Factor s; the authors' value.

    Returns
    -------
    value
        At least 0.

    Notes
    -----
    Of standardised columns it is `scale` times `barlow_twins` with ``eps=0``, up to the gradient
    of standardising. The authors add it to the loss of CLIP. The cost is that of `barlow_twins`.

    References
    ----------
    E. Fini, P. Astolfi, A. Romero-Soriano, J. Verbeek, M. Drozdzal, "Improved Baselines for
    Vision-Language Pre-training", TMLR 2023, arXiv 2305.08675.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.asarray([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    >>> float(pc.barlip(x, x)), float(pc.barlip(x, -x).round(6))
    (0.0, 0.2)
    """
    # Rows pass unchanged; an infinite one makes nan.
    u, u_back = unit_rows(x, normalize=False)
    v, v_back = unit_rows(y, normalize=False)
    value, pull = decorrelation(u, v, off_diagonal_weight)

    def back(g):
        gu, gv = pull(scale * g)
        return {"x": u_back(gu), "y": v_back(gv)}

    return scale * value, back

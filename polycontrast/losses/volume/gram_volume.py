"""The volume of each sample's vectors."""

from typing import Annotated, Any

from polycontrast.calculus import volume
from polycontrast.contrast import MissingViews
from polycontrast.objective import Mask, Normalize, Reduction, Role, Weights, objective

Vectors = Annotated[Any, Role("views", ("M B D",), least_views=1)]


@objective(invariances=("sample_permutation", "view_permutation", "rotation", "row_scale"))
def gram_volume(
    views: Vectors,
    mask: Mask | None = None,
    weights: Weights | None = None,
    *,
    normalize: Normalize = True,
    reduction: Reduction = "none",
):
    r"""Volume of the parallelotope that each sample's k vectors span.

    .. math:: \sqrt{\det G_i}, \quad G_i[a, b] = \langle \hat x_{a,i}, \hat x_{b,i} \rangle

    Parameters
    ----------
    mask
        Incomplete samples have no volume (0 in "none", and they count in no average).

    Returns
    -------
    volumes
        In [0, 1] for unit rows; 0 for dependent vectors, 1 for orthogonal ones.

    Notes
    -----
    :math:`\sqrt{\det G_i}`, computed as the product of the residuals of Gram-Schmidt, each step
    done twice. :math:`\partial \mathrm{Vol}/\partial x_a = F_a e_a` with the volume :math:`F_a` of
    the other vectors and the unit residual :math:`e_a`; 0 where the residual is 0. A vector and
    its negative give the same volume. One minus the mean volume serves as a progress metric.

    References
    ----------
    G. Cicchetti, E. Grassucci, L. Sigillo, D. Comminiello, "Gramian Multimodal Representation
    Learning and Alignment", ICLR 2025, arXiv 2412.11959.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, y = np.asarray([[1.0, 0.0]]), np.asarray([[0.6, 0.8]])
    >>> pc.gram_volume([x, y]).round(6).tolist()
    [0.8]
    """
    there = MissingViews(views, mask)
    z, z_back = there.unit_rows(normalize)
    volumes, volumes_back = volume(z)
    return volumes, lambda g: {"views": z_back(volumes_back(g))}, there.complete

"""The volume of each sample's vectors."""

from typing import Annotated, Any

from polycontrast.calculus import volume
from polycontrast.contrast import MissingViews
from polycontrast.objective import Mask, Normalize, Reduction, Role, Weights, objective

Vectors = Annotated[Any, Role("views", ("M B D",), least_views=1)]


@objective(
    family="volume",
    formula=r"\sqrt{\det G_i}, \quad G_i[a, b] = \langle \hat x_{a,i}, \hat x_{b,i} \rangle",
    source="Cicchetti, Grassucci, Sigillo, Comminiello, GRAM, ICLR 2025, arXiv 2412.11959",
    cases=(
        {"reduction": "mean"},
        {"normalize": False},
        {"mask": "M B", "weights": "B", "reduction": "mean"},
    ),
    invariances=("sample_permutation", "view_permutation", "rotation", "row_scale"),
    shards=True,
)
def gram_volume(
    views: Vectors,
    mask: Mask | None = None,
    weights: Weights | None = None,
    *,
    normalize: Normalize = True,
    reduction: Reduction = "none",
):
    r"""Volume of the parallelotope that each sample's k vectors span.

    Parameters
    ----------
    views : array (k, B, D), or sequence of k arrays (B, D)
        Row i of each is the same sample.
    mask : bool array (k, B), optional
        True where a view of a sample exists; incomplete samples have no volume (0 in "none", and
        they count in no average). Default: all exist.
    weights : array (B,), optional
        Non-negative weight of each sample, not all zero. "mean" divides by their sum.
    normalize : bool, default True
        Scale rows to unit length first.
    reduction : {"mean", "sum", "none"}, default "none"
        Over the B samples.

    Returns
    -------
    volumes : array (B,), or 0-d array for "mean" and "sum"
        In [0, 1] for unit rows; 0 for dependent vectors, 1 for orthogonal ones.

    Raises
    ------
    ValueError, TypeError
        When shapes, dtypes, libraries or devices disagree, or all weights are zero.

    Notes
    -----
    :math:`\sqrt{\det G_i}`, computed as the product of the residuals of Gram-Schmidt, each step
    done twice. :math:`\partial \mathrm{Vol}/\partial x_a = F_a e_a` with the volume :math:`F_a` of
    the other vectors and the unit residual :math:`e_a`; 0 where the residual is 0. Vectors and
    their negatives count alike. One minus the mean volume serves as a progress metric.

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

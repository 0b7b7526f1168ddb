"""The overlap of the attention maps of attributes and of their entities."""

from polycontrast.arrays import namespace, row_dot
from polycontrast.losses.attention_maps._maps import Related, flat, inverse, min_max, unflat
from polycontrast.objective import Reduction, objective


@objective(invariances=("sample_permutation",))
def attribute_binding(attributes: Related, entities: Related, *, reduction: Reduction = "sum"):
    r"""One minus the overlap of the attention maps of each attribute and its entity.

    .. math:: \sum_r \Big( 1 - \frac{\sum_u a_{ru} b_{ru}}{\sum_u (a_{ru} + b_{ru})} \Big)

    Parameters
    ----------
    reduction
        There is one for each pair of an attribute and an entity; the authors add them.

    Returns
    -------
    loss : 0-d array, or (N,) for ``reduction="none"``
        That of a pair is in [1/2, 1].

    Notes
    -----
    Here a and b are the maps of the attribute and of the entity, each shifted and scaled so that
    its entries reach from 0 to 1. The overlap and its gradient are those of `entity_mixing`. It is
    1/2 for equal maps of zeros and ones alone.

    References
    ----------
    A. M. Izadi, S. M. H. Hosseini, S. Vafaie Tabar, A. Abdollahi, A. Saghafian, M. Soleymani
    Baghshah, "Fine-Grained Alignment and Noise Refinement for Compositional Text-to-Image
    Generation", 2025, arXiv 2503.06506.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> red, car = np.eye(2)[None, :, :], np.asarray([[[1.0, 1.0], [0.0, 0.0]]])
    >>> float(pc.attribute_binding(red, red)), float(pc.attribute_binding(red, car))
    (0.5, 0.75)
    """
    a, a_back = min_max(flat(attributes))
    b, b_back = min_max(flat(entities))
    per_sum = inverse(namespace(a).sum(a + b, axis=1))
    overlaps = per_sum * row_dot(a, b)

    def back(g):
        weights, lost = (-g * per_sum)[:, None], overlaps[:, None]
        return {
            "attributes": unflat(a_back(weights * (b - lost)), attributes),
            "entities": unflat(b_back(weights * (a - lost)), entities),
        }

    return 1 - overlaps, back

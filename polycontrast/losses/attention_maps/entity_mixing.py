"""The overlap of the attention maps of different entities."""

from polycontrast.arrays import device, namespace, transpose
from polycontrast.losses.attention_maps._maps import Maps, flat, inverse, min_max, unflat
from polycontrast.objective import objective


@objective(shards=False)
def entity_mixing(maps: Maps):
    r"""Overlap of the attention maps of all pairs of entities.

    .. math:: \sum_{i < j} \frac{\sum_u a_{iu} a_{ju}}{\sum_u (a_{iu} + a_{ju})},\quad
              a = \frac{m - \min m}{\max m - \min m}

    Parameters
    ----------
    maps
        The authors take a softmax over the words of the prompt, without the words of its start and
        end, and the mean of the maps of an entity of two words.

    Returns
    -------
    loss
        Each pair is in [0, 1/2]. A single entity has value 0.

    Notes
    -----
    The sums of products are one product of the scaled maps with themselves, of K x K numbers. The
    smallest and largest entry of a map have a part of the gradient; where several are equal, it is
    the first. A constant map overlaps with none and has gradient 0. Positive affine changes of a
    map change nothing. The authors add this to `entity_missing` and `attribute_binding` for prompts
    without a spatial relation, and `spatial_relation` to them for the others.

    References
    ----------
    A. M. Izadi, S. M. H. Hosseini, S. Vafaie Tabar, A. Abdollahi, A. Saghafian, M. Soleymani
    Baghshah, "Fine-Grained Alignment and Noise Refinement for Compositional Text-to-Image
    Generation", 2025, arXiv 2503.06506.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> maps = np.asarray([[[1.0, 0.0], [0.0, 0.0]], [[1.0, 1.0], [0.0, 0.0]]])
    >>> float(pc.entity_mixing(maps).round(6))
    0.333333
    """
    xp = namespace(maps)
    scaled, pull = min_max(flat(maps))
    places = xp.sum(scaled, axis=1)
    sums = places[:, None] + places[None, :]
    entity = xp.arange(maps.shape[0], dtype=xp.int32, device=device(maps))
    per_sum = xp.where(entity[:, None] == entity[None, :], 0.0, inverse(sums))
    overlaps = per_sum * (scaled @ transpose(scaled))

    def back(g):
        lost = xp.sum(per_sum * overlaps, axis=1, keepdims=True)
        return {"maps": unflat(pull(g * (per_sum @ scaled - lost)), maps)}

    return xp.sum(overlaps) / 2, back

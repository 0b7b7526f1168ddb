"""Entities without a place of their own in the attention maps."""

from polycontrast.arrays import namespace
from polycontrast.losses.attention_maps._maps import Masses, flat, places_of, shares, unflat
from polycontrast.objective import Nonnegative, objective


@objective(shards=False)
def entity_missing(maps: Masses, *, scale: Nonnegative = 1000.0):
    r"""Entities whose attention map nowhere exceeds those of the others.

    .. math:: \sum_i \max \Big( 1 - \frac{s}{\max(K - 1, 1)} \sum_{j \ne i}
              \max_u (p_{iu} - p_{ju}), 0 \Big),\quad p_i = \frac{m_i}{\sum_u m_{iu}}

    Parameters
    ----------
    scale
        Factor s of the excess, the authors' value. An entity then costs something only where its
        map exceeds those of the others by less than 1/1000 on average. On maps of 16 x 16 that is
        nearly the copy of another map; a smaller factor asks for more.

    Returns
    -------
    loss
        In [0, K]. A single entity has value 1 and gradient 0.

    Notes
    -----
    The gradient of a pair goes through the place of its largest excess, the first of equal ones. So
    it is 0 for two equal maps. A map of zeros has shares p of 0 and no gradient. Work and memory
    grow with the square of the number of entities, of which a prompt has a few.

    References
    ----------
    A. M. Izadi, S. M. H. Hosseini, S. Vafaie Tabar, A. Abdollahi, A. Saghafian, M. Soleymani
    Baghshah, "Fine-Grained Alignment and Noise Refinement for Compositional Text-to-Image
    Generation", 2025, arXiv 2503.06506.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> maps = np.asarray([[[3.0, 1.0], [2.0, 2.0]], [[2.0, 2.0], [2.0, 2.0]]])
    >>> float(pc.entity_missing(maps)), float(pc.entity_missing(maps, scale=4.0))
    (0.0, 1.0)
    """
    xp, factor = namespace(maps), scale / max(maps.shape[0] - 1, 1)
    parts, pull = shares(flat(maps))
    excess = parts[:, None, :] - parts[None, :, :]
    top = xp.argmax(excess, axis=-1)[..., None]
    largest = xp.take_along_axis(excess, top, axis=-1)[..., 0]
    hinge = 1 - factor * xp.sum(xp.where(largest < 0, 0.0, largest), axis=1)

    def back(g):
        weights = xp.astype((largest >= 0) & (hinge > 0)[:, None], parts.dtype)
        there = (places_of(parts)[None, None, :] == top) & (weights > 0)[..., None]
        there = xp.astype(there, parts.dtype)
        on_parts = xp.sum(there, axis=0) - xp.sum(there, axis=1)
        return {"maps": unflat(pull((g * factor) * on_parts), maps)}

    return xp.sum(xp.where(hinge < 0, 0.0, hinge)), back

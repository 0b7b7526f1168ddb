"""Symmetric InfoNCE within groups."""

from polycontrast.arrays import namespace
from polycontrast.losses.two_view.info_nce import info_nce
from polycontrast.objective import (
    BadArgument,
    Count,
    Embeddings,
    Ids,
    Normalize,
    Same,
    Temperature,
    objective,
)


@objective(
    invariances=("rotation", "row_scale", "swap"),
    shards=False,
    same_as=(Same("info_nce", when={"groups": 1}),),
)
def grouped_info_nce(
    x: Embeddings,
    y: Embeddings,
    ids: Ids | None = None,
    *,
    groups: Count = 1,
    temperature: Temperature = 0.07,
    normalize: Normalize = True,
):
    r"""Symmetric InfoNCE within consecutive groups of samples: less work, fewer negatives.

    .. math:: \frac{1}{G} \sum_{g=1}^{G} \mathrm{InfoNCE}(x_g, y_g; \tau)

    Parameters
    ----------
    x, y
        Two views or modalities.
    groups
        Number G of groups of equal size, in the order of the rows. It must divide B.
    temperature
        CLIP's initial value.

    Returns
    -------
    loss
        At most :math:`\log(B/G) + 2/\tau` for unit rows.

    Raises
    ------
    ValueError
        When `groups` does not divide B.

    Notes
    -----
    The loss is the mean of `info_nce` over the groups. Samples of different groups are not
    compared, so work and memory fall by G. ``groups=B``: value 0, gradient 0. On several machines a
    group is a communicator of its own: ``pc.info_nce(x, y, comm=group)``, averaged over the groups
    by the trainer. To have as many negatives as before, gather several mini-batches in each group,
    see ``chunked_step``.

    References
    ----------
    Q. Guo et al., "M2-Encoder: Advancing Bilingual Image-Text Understanding by Large-scale
    Efficient Pretraining", 2024, arXiv 2401.15896. From its abstract and released configuration;
    to be verified against the training code, which is not public.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x = np.eye(4)
    >>> float(pc.grouped_info_nce(x, x, groups=2, temperature=1.0).round(6))
    0.313262
    """
    xp, size = namespace(x), x.shape[0] // groups
    if size * groups != x.shape[0]:
        raise BadArgument(f"groups must divide the number of rows, got {groups} and {x.shape[0]}")
    losses, backs = [], []
    for start in range(0, x.shape[0], size):
        stop = start + size
        loss, loss_back = info_nce.vjp(
            x[start:stop, :],
            y[start:stop, :],
            ids=None if ids is None else ids[start:stop],
            temperature=temperature,
            normalize=normalize,
            wrt=("x", "y", "temperature"),
        )
        losses.append(loss)
        backs.append(loss_back)

    def back(g):
        grads = [group_back(g / groups) for group_back in backs]
        return {
            "x": xp.concat([grad.x for grad in grads], axis=0),
            "y": xp.concat([grad.y for grad in grads], axis=0),
            "temperature": xp.sum(xp.stack([grad.temperature for grad in grads])),
        }

    return xp.sum(xp.stack(losses)) / groups, back

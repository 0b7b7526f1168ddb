"""Symmetric InfoNCE within groups."""

from polycontrast.arrays import namespace
from polycontrast.losses.two_view.info_nce import info_nce
from polycontrast.objective import (
    BadArgument,
    Count,
    Embeddings,
    Normalize,
    Temperature,
    objective,
)


@objective(
    family="estimators",
    formula=r"\frac{1}{G} \sum_{g=1}^{G} \mathrm{InfoNCE}(x_g, y_g; \tau)",
    source="Guo et al., M2-Encoder, 2024, arXiv 2401.15896",
    cases=({"groups": 2}, {"groups": 3, "temperature": 0.5}, {"normalize": False}),
    invariances=("rotation", "row_scale", "swap"),
)
def grouped_info_nce(
    x: Embeddings,
    y: Embeddings,
    *,
    groups: Count = 1,
    temperature: Temperature = 0.07,
    normalize: Normalize = True,
):
    r"""Symmetric InfoNCE within consecutive groups of samples: less work, fewer negatives.

    Parameters
    ----------
    x, y : array (B, D)
        Two views or modalities; row i of both belongs together.
    groups : int, default 1
        Number G of groups of equal size, in the order of the rows. It must divide B.
    temperature : float or 0-d array, default 0.07
        :math:`\tau > 0`, differentiable. CLIP's initial value.
    normalize : bool, default True
        Scale rows to unit length first.

    Returns
    -------
    loss : 0-d array
        At most :math:`\log(B/G) + 2/\tau` for unit rows.

    Raises
    ------
    ValueError, TypeError
        When `groups` does not divide B, shapes, dtypes, libraries or devices disagree, or the
        temperature is not above 0.

    Notes
    -----
    The mean of `info_nce` over the groups; samples of different groups never meet, so work and
    memory fall by G. ``groups=B``: value 0, gradient 0. On several machines a group is a
    communicator of its own: ``pc.info_nce(x, y, comm=group)``, averaged over the groups by the
    trainer. To have as many negatives as before, gather several mini-batches a group, see
    ``chunked_step``.

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

"""Asymmetric augmented instance contrast."""

from typing import Annotated, Any

from polycontrast.arrays import device, namespace
from polycontrast.losses.supervised.sup_con import sup_con
from polycontrast.objective import Normalize, Reduction, Role, Temperature, objective, whole_batch

_ABOUT = "True for the samples of the one class, False for those that are their own."
Samples = Annotated[Any, Role("views", ("M B D",), least_views=1)]
Live = Annotated[Any, Role("rows", ("B",), dtype="bool", about=_ABOUT)]


@objective(invariances=("sample_permutation", "view_permutation", "rotation", "row_scale"))
def aaic(
    views: Samples,
    live: Live,
    *,
    temperature: Temperature = 0.02,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Asymmetric augmented instance contrast: live samples form a class, each spoof its own.

    .. math:: \frac{1}{M B} \sum_i \Big[ \log \sum_{a \ne i} e^{\langle \hat z_i, \hat z_a \rangle
              / \tau} - \frac{1}{|P_i|} \sum_{p \in P_i} \langle \hat z_i, \hat z_p \rangle / \tau
              \Big]

    Parameters
    ----------
    views
        The originals and augmentations that mix styles.
    live
        In face anti-spoofing the real faces are the class.
    temperature
        The value of the authors' code.
    reduction
        There are MB, those of the first view first.

    Returns
    -------
    loss : 0-d array, or (M B,) for ``reduction="none"``

    Notes
    -----
    `sup_con` with one label for all live samples and a label of its own for each other one.
    Positives :math:`P_i` of a live row are all other live rows, those of a spoof its other views;
    all other rows are candidates. One view: spoofs have loss 0. No live sample and two views:
    `nt_xent`.

    References
    ----------
    J. Yang, Z. Yu, X. Ni, J. He, H. Li, "Generalized Face Anti-spoofing via Finer Domain Partition
    and Disentangling Liveness-irrelevant Factors", ECAI 2024, arXiv 2407.08243.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> views = np.stack([np.eye(3)] * 2)
    >>> float(pc.aaic(views, np.array([True, True, False]), temperature=1.0).round(4))
    1.3493
    """
    xp, samples = namespace(views), views.shape[1]
    own = 1 + whole_batch().start() + xp.arange(samples, dtype=xp.int32, device=device(views))
    losses, pull = sup_con.vjp(
        views,
        xp.where(live, xp.zeros_like(own), own),
        temperature=temperature,
        normalize=normalize,
        wrt=("z", "temperature"),
        reduction="none",
    )

    def back(g):
        grads = pull(g)
        return {"views": grads.z, "temperature": grads.temperature}

    return losses, back

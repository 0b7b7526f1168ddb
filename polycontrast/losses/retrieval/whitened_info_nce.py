"""InfoNCE between several whitened views."""

from typing import Annotated, Any

from polycontrast.arrays import namespace
from polycontrast.losses.retrieval._whitening import check_groups, shuffled_whitening
from polycontrast.losses.two_view.info_nce import info_nce
from polycontrast.objective import (
    Count,
    Held,
    Nonnegative,
    Permutation,
    Reduction,
    Temperature,
    Views,
    objective,
)

_PERMS = "Order in which the columns of each view are cut into groups."
Orders = Annotated[Any, Permutation("M D", about=_PERMS)]


@objective(invariances=("sample_permutation",), held=Held("views", detach_whitening=True))
def whitened_info_nce(
    views: Views,
    perms: Orders,
    *,
    num_groups: Count,
    temperature: Temperature = 0.05,
    eps: Nonnegative = 0.0,
    detach_whitening: bool = False,
    reduction: Reduction = "mean",
):
    r"""InfoNCE of the first of several whitened views with each of the others (WhitenedCSE).

    .. math:: \sum_{a \ge 1} \frac{1}{B} \sum_i \Big[ \log \sum_j
              e^{\langle \hat z^0_i, \hat z^a_j \rangle / \tau}
              - \langle \hat z^0_i, \hat z^a_i \rangle / \tau \Big],
              \quad z^a = \mathrm{whiten}(x^a, \pi^a)

    Parameters
    ----------
    views
        They may be the same array: the paper shuffles one embedding in several ways.
    num_groups
        Number of groups of equal size; it must divide D.
    temperature
        The authors' value.
    eps
        Number that is added to the variances, as in `group_whiten`.
    detach_whitening
        Take the inverse root as a constant.
    reduction
        There is one for each sample, a sum over the other views.

    Raises
    ------
    ValueError
        When `num_groups` does not divide D, or a group has as many columns as there are rows and
        `eps` is 0.

    Notes
    -----
    Rows are whitened by `group_whiten` over all ranks, then normalised. The losses are those of
    `info_nce` with ``symmetric=False``, one product for each view but the first. In the authors'
    code all views of a sample share one order, and the inverse root is a constant in the gradient
    (``detach_whitening=True``). Here each view has its own, and the gradient is complete.

    References
    ----------
    W. Zhuo, Y. Sun, X. Wang, L. Zhu, Y. Yang, "WhitenedCSE: Whitening-based Contrastive Learning of
    Sentence Embeddings", ACL 2023, arXiv 2305.17746.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> rng = np.random.default_rng(0)
    >>> x, perms = rng.normal(size=(9, 4)), rng.permuted(np.tile(np.arange(4), (3, 1)), axis=1)
    >>> bool(pc.whitened_info_nce(np.stack([x] * 3), perms, num_groups=2) < 0.1)
    True
    """
    xp, count = namespace(views), views.shape[0]
    check_groups(views.shape[1:], num_groups, eps)
    made = [
        shuffled_whitening(views[a, ...], perms[a, :], num_groups, eps, detach_whitening)
        for a in range(count)
    ]
    options = dict(temperature=temperature, symmetric=False, reduction="none")
    wrt = ("x", "y", "temperature")
    (first, first_back), *others = made
    terms = [info_nce.vjp(first, z, **options, wrt=wrt) for z, _ in others]

    def back(g):
        pulled = [pull(g) for _, pull in terms]
        of_others = [z_back(p.y) for p, (_, z_back) in zip(pulled, others, strict=True)]
        of_first = first_back(sum((p.x for p in pulled[1:]), pulled[0].x))
        on_tau = sum((p.temperature for p in pulled[1:]), pulled[0].temperature)
        return {"views": xp.stack([of_first, *of_others], axis=0), "temperature": on_tau}

    return sum((value for value, _ in terms[1:]), terms[0][0]), back

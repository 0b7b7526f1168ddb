"""Symile: each view against elementwise products of the others."""

from typing import Annotated, Any

from polycontrast.arrays import namespace, row_dot, sigmoid, softplus
from polycontrast.contrast import MissingViews, on_temperature
from polycontrast.objective import (
    Mask,
    Normalize,
    Permutation,
    Reduction,
    Temperature,
    Views,
    objective,
)
from polycontrast.similarity import OtherSamples, Present, Rule, Similarity

_ABOUT = (
    "``permutations[m, r]`` is the order in which the rows of view r are taken where view m is the "
    "anchor; ``[m, m]`` is not used. `sample_permutations` draws them."
)
Orders = Annotated[Any, Permutation("M M B", about=_ABOUT)]


@objective(invariances=("view_permutation", "row_scale"), shards=False)
def symile(
    views: Views,
    permutations: Orders,
    mask: Mask | None = None,
    *,
    temperature: Temperature = 0.1,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Each view against its sample's product of the other views and B - 1 mixed products.

    .. math:: \frac{1}{MB} \sum_{m,i} \Big[ \log \Big( e^{\langle z_{mi}, q_{mi} \rangle / \tau}
              + \sum_{j \ne i} e^{\langle z_{mi}, p_{mj} \rangle / \tau} \Big) - \langle z_{mi},
              q_{mi} \rangle / \tau \Big], \quad q_{mi} = \prod_{r \ne m} z_{ri}, \quad
              p_{mj} = \prod_{r \ne m} z_{r \pi_{mr}(j)}

    Parameters
    ----------
    mask
        Samples that lack a view are no anchors, and a mixed product with a row of such a sample is
        left out.
    reduction
        The loss of a sample is the mean over its views.

    Notes
    -----
    Products are entrywise, so a score is the sum of products over the dimensions (the multilinear
    inner product). The published code draws the orders anew in each step; a mixed product may by
    chance be made of one sample's own rows. The value takes M products of B x B x D, and memory is
    O(M B D). With orders that change nothing, the loss of 2 views is `info_nce`. ``B = 1``: 0.

    `cube_loss` with ``similarity="product"`` has the same scores, and all :math:`B^{M-1}` tuples of
    an anchor as candidates in place of B. So the two differ beyond 2 views.

    References
    ----------
    A. Saporta, A. Puli, M. Goldstein, R. Ranganath, "Contrasting with Symile: Simple Model-Agnostic
    Representation Learning for Unlimited Modalities", NeurIPS 2024, arXiv 2411.01053.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> views = np.stack([np.eye(3)] * 3)
    >>> orders = np.tile(np.asarray([1, 2, 0]), (3, 3, 1))
    >>> float(pc.symile(views, orders, temperature=1.0).round(6))
    0.861995
    """
    xp, count = namespace(views), views.shape[0]
    there, scale = MissingViews(views, mask), 1 / temperature
    z, z_back = there.unit_rows(normalize)
    losses, pulls = [], []
    for m in range(count):
        pairs: Rule = OtherSamples()
        if mask is not None:
            whole = xp.stack([there.complete] * count, axis=0)
            members = list(_rows(whole, m, permutations[m, ...]).values())
            members = xp.all(xp.stack(members, axis=0), axis=0)
            pairs = pairs & Present(there.complete[None, :], members[None, :])
        loss, pull = _of_anchor(z, m, permutations[m, ...], scale, pairs)
        losses.append(loss)
        pulls.append(pull)

    def back(g):
        gz = [xp.zeros_like(z[m, ...]) for m in range(count)]
        for pull in pulls:
            for r, part in pull(g / count).items():
                gz[r] = gz[r] + part
        gz = xp.stack(gz, axis=0)
        on_tau = on_temperature(temperature, count, (z, gz))
        return {"views": z_back(gz), "temperature": on_tau}

    return sum(losses[1:], losses[0]) / count, back, there.complete


def _of_anchor(z, m, orders, scale, pairs):
    """Losses of one anchor view, and the pullback to each view."""
    xp, anchor, match = namespace(z), z[m, ...], _product(_rows(z, m))
    products = _product(_rows(z, m, orders))
    matrix = Similarity(anchor, products, scale=scale, pairs=pairs, what="mixed products")
    negatives, _, pull = matrix.logsumexp(columns=False)
    excess = negatives - scale * row_dot(anchor, match)

    def back(g):
        p = g * sigmoid(excess)
        pulled, on_match = pull(p, None), (-scale * p)[:, None]
        own, mixed = _rows(z, m), _rows(z, m, orders)
        grads = {m: pulled.x + on_match * match}
        for r in own:
            on_mixed = pulled.y * _product(mixed, r)
            # A gather in some order is undone by one in the inverse order.
            on_mixed = xp.take(on_mixed, xp.argsort(orders[r, :]), axis=0)
            grads[r] = on_match * anchor * _product(own, r) + on_mixed
        return grads

    return softplus(excess), back


def _rows(t, m, orders=None):
    """Rows of all views but m, by view; in the order of each view where orders are given."""
    xp, others = namespace(t), [r for r in range(t.shape[0]) if r != m]
    if orders is None:
        return {r: t[r, ...] for r in others}
    return {r: xp.take(t[r, ...], orders[r, :], axis=0) for r in others}


def _product(rows, without=None):
    """Entrywise product of the rows of several views, all but one; 1 where there are none."""
    product = 1.0
    for r, t in rows.items():
        product = product if r == without else t * product
    return product

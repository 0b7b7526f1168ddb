"""Alignment of all views in one term, uniformity of each view on its own."""

import math

from polycontrast.arrays import finite_or_zero, inner, logsumexp, namespace
from polycontrast.calculus import sample_gram
from polycontrast.contrast import MissingViews, block_logsumexp, diagonal, on_diagonal, same_view
from polycontrast.objective import (
    BadArgument,
    Mask,
    Normalize,
    Reduction,
    Temperature,
    Views,
    Weights,
    objective,
    whole_batch,
)


@objective(
    family="poly_view",
    formula=r"\frac{1}{B} \sum_i \Big\{ -\log \sum_{l<l'} "
    r"e^{\langle u_{il}, u_{il'} \rangle/\tau} + \sum_l \log \sum_{j \ne i} "
    r"e^{\langle u_{il}, u_{jl} \rangle/\tau} \Big\}",
    source="Koromilas, Georgiou, Bouritsas, Giannakopoulos, Nicolaou, Panagakis, 2025, "
    "arXiv 2507.06979",
    cases=(
        {"temperature": 0.1},
        {"normalize": False},
        {"mask": "M B"},
        {"weights": "B"},
        {"mask": "M B", "weights": "B"},
    ),
    invariances=("sample_permutation", "view_permutation", "rotation", "row_scale"),
    shards=True,
)
def mv_dhel(
    views: Views,
    mask: Mask | None = None,
    weights: Weights | None = None,
    *,
    temperature: Temperature = 0.5,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Multi-view decoupled hyperspherical energy loss.

    Parameters
    ----------
    views : array (M, B, D), or sequence of M arrays (B, D)
        At least two views of at least two samples; row i of each is the same sample.
    mask : bool array (M, B), optional
        True where a view of a sample exists. A missing row is no anchor, positive or negative, and
        averages use the existing views only. Default: all exist.
    weights : array (B,), optional
        Non-negative weight of each sample, not all zero. "mean" divides by their sum.
    temperature : float or 0-d array, default 0.5
        :math:`\tau > 0`, differentiable. The authors' value on CIFAR and ImageNet-100.
    normalize : bool, default True
        Scale rows to unit length first.
    reduction : {"mean", "sum", "none"}, default "mean"
        Over the B samples.

    Returns
    -------
    loss : 0-d array, or (B,) for ``reduction="none"``
        May be negative.

    Raises
    ------
    ValueError, TypeError
        When there are fewer than two views or two rows, shapes, dtypes, libraries or devices
        disagree, or the temperature is not above 0.

    Notes
    -----
    .. math:: \ell_i = -\log \sum_{l<l'} e^{\langle u_{il}, u_{il'} \rangle/\tau}
              + \sum_l \log \sum_{j \ne i} e^{\langle u_{il}, u_{jl} \rangle/\tau}

    This is the formula of the authors' code. Their printed formula counts ordered pairs (a
    constant) and includes :math:`j = i`. Only the Gram matrix of each view is computed, and only
    half of its tiles: M / 2 products of B x B x D, M times fewer than the other losses of the
    family. The gradient has softmaxes over the other samples, and minus the softmax over the pairs
    of views.

    References
    ----------
    P. Koromilas, E. Georgiou, G. Bouritsas, T. Giannakopoulos, M. A. Nicolaou, Y. Panagakis, "A
    Principled Framework for Multi-View Contrastive Learning", 2025, arXiv 2507.06979.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> views = np.stack([np.eye(3)] * 4)
    >>> float(pc.mv_dhel(views, temperature=1.0).round(6))
    -0.019171
    """
    xp = namespace(views)
    there = MissingViews(views, mask)
    z, z_back = there.unit_rows(normalize)
    if whole_batch().samples(z.shape[1]) < 2:
        raise BadArgument("views must have at least 2 rows, so that there is an energy, got 1")
    lse, pull = block_logsumexp(z, 1 / temperature, same_view(z.shape[0]), there)
    energies = finite_or_zero(diagonal(lse))  # (M, B); none where nobody else has the view
    s, s_back = sample_gram(z)
    # Ordered pairs hold every pair twice, hence the log 2.
    scores = xp.where(there.pairs(), s / temperature - math.log(2), xp.full_like(s, -xp.inf))
    alignment = finite_or_zero(logsumexp(scores, axis=(0, 1)))

    def back(g):
        softmax = xp.exp(scores - alignment[None, None, :])
        gz = pull(on_diagonal(g[None, :] + xp.zeros_like(energies)))
        gz = gz + s_back(-g[None, None, :] * softmax) / temperature
        # Every similarity is a product of two rows over tau: Euler's theorem, degree 2.
        return {"views": z_back(gz), "temperature": -inner(z, gz) / (2 * temperature)}

    return xp.sum(energies, axis=0) - alignment, back, there.samples

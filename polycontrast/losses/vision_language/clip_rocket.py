"""CLIP on a plain pair of views and on all pairs of augmented ones."""

import itertools
from typing import Annotated, Any, Literal

from polycontrast.arrays import namespace
from polycontrast.calculus import unit_rows
from polycontrast.losses.two_view.info_nce import info_nce
from polycontrast.objective import (
    Embeddings,
    Interval,
    Normalize,
    Reduction,
    Role,
    Temperature,
    objective,
)

_ABOUT = "A augmented views of each sample, from a projector of their own; A may be 0."
_TAU = "That of the augmented views, differentiable."
Local = Annotated[Any, Role("rows", ("A B E",), empty="A", about=_ABOUT)]
LocalTemperature = Annotated[Any, Role("scalar", low=0.0, open_low=True, about=_TAU)]


@objective(invariances=("sample_permutation", "rotation", "row_scale", "swap"))
def clip_rocket(
    x: Embeddings,
    y: Embeddings,
    x_local: Local,
    y_local: Local,
    *,
    temperature: Temperature = 0.07,
    local_temperature: LocalTemperature = 0.07,
    label_smoothing: Annotated[float, Interval(0.0, 1.0)] = 0.0,
    aggregate: Literal["mean", "sum"] = "mean",
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""CLIP loss of plain views together with those of all pairs of augmented views.

    .. math:: \frac{1}{1 + A} \Big[ \mathrm{info\_nce}(x, y; \tau)
              + \frac{1}{A} \sum_{ab} \mathrm{info\_nce}_e(x^a, y^b; \tau') \Big]

    Parameters
    ----------
    x, y
        Images and texts without augmentation.
    temperature
        CLIP's initial value.
    local_temperature
        :math:`\tau'`.
    label_smoothing
        The share e of `info_nce` in the terms of the augmented views; the recipe of the paper has
        0.1.
    aggregate
        Mean of both directions, or their sum as in the recipe of the paper.

    Notes
    -----
    The recipe of the paper has A = 2. The matrices of the direction from texts are the transposes
    of those from images, so there are :math:`A^2 + 1` products, not twice as many. Without
    augmented views it is `info_nce`, or twice that with ``aggregate="sum"``.

    References
    ----------
    E. Fini, P. Astolfi, A. Romero-Soriano, J. Verbeek, M. Drozdzal, "Improved Baselines for
    Vision-Language Pre-Training", TMLR 2023, arXiv 2305.08675.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, local = np.eye(3), np.stack([np.eye(3), np.eye(3)])
    >>> options = dict(temperature=1.0, local_temperature=1.0, label_smoothing=0.1)
    >>> float(pc.clip_rocket(x, x, local, local, **options).round(6))
    0.595889
    """
    xp, count = namespace(x), x_local.shape[0]
    a, a_back = unit_rows(x, normalize)
    b, b_back = unit_rows(y, normalize)
    c, c_back = unit_rows(x_local, normalize)
    d, d_back = unit_rows(y_local, normalize)
    wrt = ("x", "y", "temperature")
    options = dict(temperature=temperature, normalize=False, reduction="none", wrt=wrt)
    plain, plain_pull = info_nce.vjp(a, b, **options)
    options |= dict(temperature=local_temperature, label_smoothing=label_smoothing)
    terms = {
        (m, n): info_nce.vjp(c[m, :, :], d[n, :, :], **options)
        for m, n in itertools.product(range(count), repeat=2)
    }
    both = 2 if aggregate == "sum" else 1
    share = both / (1 + count)
    of_local = share / max(count, 1)
    losses = share * plain + of_local * sum(losses for losses, _ in terms.values())

    def back(g):
        whole = plain_pull(share * g)
        of_pairs = {pair: pull(of_local * g) for pair, (_, pull) in terms.items()}
        views = range(count)
        gc = [sum(of_pairs[m, n].x for n in views) for m in views]
        gd = [sum(of_pairs[m, n].y for m in views) for n in views]
        on_tau = [pair.temperature for pair in of_pairs.values()]
        return {
            "x": a_back(whole.x),
            "y": b_back(whole.y),
            "x_local": c_back(xp.stack(gc, axis=0) if gc else xp.zeros_like(c)),
            "y_local": d_back(xp.stack(gd, axis=0) if gd else xp.zeros_like(d)),
            "temperature": whole.temperature,
            "local_temperature": sum(on_tau, xp.zeros_like(local_temperature)),
        }

    return losses, back

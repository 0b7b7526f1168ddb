"""Mixup contrast of two modalities, each mixed in turn."""

from collections.abc import Callable

from polycontrast.arrays import Array, namespace, row_dot
from polycontrast.contrast import Targets
from polycontrast.losses.soft_targets._mixtures import Partners, Shares
from polycontrast.losses.soft_targets.mixco import mixco
from polycontrast.objective import Embeddings, Normalize, Reduction, Temperature, objective


@objective(invariances=("sample_permutation", "rotation"))
def m3col(
    x: Embeddings,
    y: Embeddings,
    perm_x: Partners,
    lam_x: Shares,
    perm_y: Partners,
    lam_y: Shares,
    *,
    temperature: Temperature = 0.1,
    normalize: Normalize = True,
    reduction: Reduction = "mean",
):
    r"""Mixup contrast of two modalities: each is mixed in turn, and set against the other.

    .. math:: \mathrm{mixco}(\tilde x, y; \pi^x, \lambda^x) +
              \mathrm{mixco}(\tilde y, x; \pi^y, \lambda^y),\quad
              \tilde x_i = \lambda^x_i x_i + (1 - \lambda^x_i) x_{\pi^x_i}

    Parameters
    ----------
    x, y
        Two modalities. Their rows are mixed before they are scaled.
    perm_x
        :math:`\pi^x`, see `sample_mixing`.
    lam_x
        :math:`\lambda^x`.
    perm_y
        :math:`\pi^y`.
    lam_y
        :math:`\lambda^y`.
    temperature
        The authors' value.
    reduction
        Those of a sample are the sum of both terms.

    Notes
    -----
    The shares are differentiated through the rows and through the targets. The authors weigh it
    with 0.1 beside their losses of classification, and after the first third of the training use
    ``soft_clip(x, y) + soft_clip(y, x)`` in its place. Of three modalities they take the cyclic sum
    of `mixco`.

    References
    ----------
    R. Kumar, R. Singhal, P. Kulkarni, D. Mehta, K. Jadhav, "Harnessing Shared Relations via
    Multimodal Mixup Contrastive Learning for Multimodal Classification" (M3CoL), 2024, arXiv
    2409.17777.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> x, perm, lam = np.eye(3), np.asarray([1, 2, 0]), np.asarray([1.0, 0.5, 1.0])
    >>> float(pc.m3col(x, x, perm, lam, perm, lam, temperature=1.0).round(6))
    1.393417
    """
    options = dict(temperature=temperature, normalize=normalize, reduction="none")
    wrt = ("x", "y", "lam", "temperature")
    x_mixed, x_back = _mixture(x, perm_x, lam_x)
    y_mixed, y_back = _mixture(y, perm_y, lam_y)
    of_x, pull_x = mixco.vjp(x_mixed, y, perm_x, lam_x, wrt=wrt, **options)
    of_y, pull_y = mixco.vjp(y_mixed, x, perm_y, lam_y, wrt=wrt, **options)

    def back(g):
        one, other = pull_x(g), pull_y(g)
        (gx, on_lam_x), (gy, on_lam_y) = x_back(one.x), y_back(other.x)
        return {
            "x": gx + other.y,
            "y": gy + one.y,
            "lam_x": on_lam_x + one.lam,
            "lam_y": on_lam_y + other.lam,
            "temperature": one.temperature + other.temperature,
        }

    return of_x + of_y, back


def _mixture(
    rows: Array, perm: Array, lam: Array
) -> tuple[Array, Callable[[Array], tuple[Array, Array]]]:
    """Mixed rows, and the pullback to rows and shares."""
    of_rows, _ = Targets.mixed(perm, lam)
    partners = namespace(rows).take(rows, perm, axis=0)
    return of_rows.times(rows), lambda g: (of_rows.transposed(g), row_dot(g, rows - partners))

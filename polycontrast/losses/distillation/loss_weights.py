"""Weights of samples by their losses."""

from polycontrast.arrays import Array
from polycontrast.losses.distillation._loss_shares import Evenness, Losses, Strategy, loss_shares
from polycontrast.objective import Positive, measured


@measured
def loss_weights(
    losses: Losses, *, strategy: Strategy = "linupper", r: Evenness = 1.0, delta: Positive = 1.0
) -> Array:
    r"""Weights of samples by their losses, for `loss_reweight`.

    Parameters
    ----------
    losses : array (B,)
        Loss of each sample.
    strategy : {"linupper", "quadratic", "extremes"}, default "linupper"
        The function f of `loss_reweight`.
    r : float, > 0, default 1.0
        Evenness of the weights. With infinity all are the same.
    delta : float, > 0, default 1.0
        Losses are scaled to the interval from minus to plus this number. Execution options such as
        ``comm=`` are also accepted: the weights of all ranks then have the sum 1.

    Returns
    -------
    weights : array (B,)
        Their sum is 1. They have no gradient.

    Raises
    ------
    ValueError, TypeError
        As `loss_reweight` does.

    References
    ----------
    D. Sow et al., "Dynamic Loss-Based Sample Reweighting for Improved Large Language Model
    Pretraining", ICLR 2025, arXiv 2502.06733.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> pc.loss_weights(np.asarray([1.0, 2.0, 3.0])).round(6).tolist()
    [0.155362, 0.422319, 0.422319]
    """
    return loss_shares(losses, strategy, r, delta)

"""Losses of samples, weighted by the losses themselves."""

from polycontrast.arrays import infinite_to_nan, namespace
from polycontrast.losses.distillation._loss_shares import Evenness, Losses, Strategy, loss_shares
from polycontrast.objective import Held, Positive, objective, whole_batch


@objective(invariances=("sample_permutation",), held=Held("losses"))
def loss_reweight(
    losses: Losses,
    *,
    strategy: Strategy = "linupper",
    r: Evenness = 1.0,
    delta: Positive = 1.0,
):
    r"""Sum of the losses of a batch, with weights that depend on the losses and are held.

    .. math:: \sum_i w_i l_i, \quad w = \mathrm{softmax}(f(h) / r), \quad
              h_i = \delta \, \frac{2 l_i - \max l - \min l}{\max l - \min l}

    Parameters
    ----------
    strategy
        The function f. ``"linupper"``, :math:`\min(h + \delta, \delta)`: small losses count less,
        and the upper half counts the same. ``"quadratic"``, :math:`1 - h^2 / \delta^2`: losses in
        the middle count most. ``"extremes"``, :math:`|h|`: the smallest and the largest do. The
        authors recommend the first.
    r
        Evenness of the weights. With infinity all are the same, as the authors have it at the start
        of training.
    delta
        Losses are scaled to the interval from :math:`-\delta` to :math:`\delta`.

    Notes
    -----
    The weights, whose sum is 1, are constants; the gradient is the weights themselves.
    `loss_weights` returns them. Where all losses are the same, so are the weights: the range of the
    losses counts as 1e-6 at least. The authors' code for language models multiplies the weights by
    the number of ranks.

    References
    ----------
    D. Sow et al., "Dynamic Loss-Based Sample Reweighting for Improved Large Language Model
    Pretraining", ICLR 2025, arXiv 2502.06733.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> value, grads = pc.loss_reweight.value_and_grad(np.asarray([1.0, 2.0, 3.0]))
    >>> float(value.round(6)), grads.losses.round(6).tolist()
    (2.266956, [0.155362, 0.422319, 0.422319])
    """
    xp, batch = namespace(losses), whole_batch()
    weights = loss_shares(losses, strategy, r, delta)
    value = batch.sum(xp.sum(weights * infinite_to_nan(losses)))
    return value, lambda g: {"losses": g * weights}

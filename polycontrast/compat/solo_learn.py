"""Losses of solo-learn."""

import polycontrast as pc
from polycontrast.compat.arguments import number
from polycontrast.compat.counts import log_positives
from polycontrast.compat.crosswalk import counterpart

__all__ = [
    "barlow_loss_func",
    "byol_loss_func",
    "mocov2plus_loss_func",
    "mocov3_loss_func",
    "nnclr_loss_func",
    "simclr_loss_func",
    "simsiam_loss_func",
    "vicreg_loss_func",
    "wmse_loss_func",
]


@counterpart(
    "barlow_twins(z1, z2, weight=lamb)", factor="`scale_loss`", reducer="sum over D x D entries"
)
def barlow_loss_func(z1, z2, lamb=5e-3, scale_loss=0.025):
    """Barlow Twins."""
    return scale_loss * pc.barlow_twins(z1, z2, weight=lamb)


@counterpart('2 + 2 * negative_cosine(p, z, stop_grad="y")')
def byol_loss_func(p, z, simplified=True):
    """Squared distance of unit rows of predictions from the target."""
    return 2 + 2 * pc.negative_cosine(p, z, stop_grad="y")


@counterpart('negative_cosine(p, z, stop_grad="y")')
def simsiam_loss_func(p, z, simplified=True):
    """Minus the mean cosine of predictions and targets."""
    return pc.negative_cosine(p, z, stop_grad="y")


@counterpart(
    '2 + 2 * negative_cosine(z1, z2, stop_grad="y" if simplified else None)',
    note="The two forms of solo-learn differ in the gradient of `z2`.",
)
def wmse_loss_func(z1, z2, simplified=True):
    """Squared distance of unit rows that were whitened before."""
    return 2 + 2 * pc.negative_cosine(z1, z2, stop_grad="y" if simplified else None)


@counterpart(
    'sup_con(z, indexes, temperature=temperature, variant="in") - log |P|',
    reducer="mean over rows",
    refuses="a row without a positive, whose loss is infinite there",
    note="P are the positives of a row. With two views of each sample it is `nt_xent`.",
)
def simclr_loss_func(z, indexes, temperature=0.1):
    """Minus the logarithm of the share of all positives."""
    losses = pc.sup_con(z, indexes, temperature=number(temperature), variant="in", reduction="none")
    found, log_count = log_positives(indexes, losses.dtype)
    if not bool(found.all()):
        raise ValueError("simclr_loss_func: each row needs a positive in indexes; got one without")
    return (losses - log_count).mean()


@counterpart(
    "vicreg(z1, z2, sim_weight=sim_loss_weight, var_weight=2 * var_loss_weight, "
    "cov_weight=cov_loss_weight)",
    reducer="the three means of VICReg",
    note="The hinge of the variances has twice the weight of the authors' code.",
)
def vicreg_loss_func(z1, z2, sim_loss_weight=25.0, var_loss_weight=25.0, cov_loss_weight=1.0):
    """VICReg."""
    weights = {"sim_weight": sim_loss_weight, "cov_weight": cov_loss_weight}
    return pc.vicreg(z1, z2, var_weight=2 * var_loss_weight, **weights)


@counterpart(
    "info_nce(query, key, queue.T, temperature=temperature, symmetric=False, in_batch=False, "
    "normalize=False)",
    reducer="mean over queries",
)
def mocov2plus_loss_func(query, key, queue, temperature=0.1):
    """Cross-entropy of each key among a queue (D, K) of keys."""
    return pc.info_nce(
        query,
        key,
        queue.T.contiguous(),
        temperature=number(temperature),
        symmetric=False,
        in_batch=False,
        normalize=False,
    )


@counterpart(
    "info_nce(query, key, temperature=temperature, symmetric=False)",
    factor="2 * temperature",
    reducer="mean over queries",
)
def mocov3_loss_func(query, key, temperature=0.2):
    """Cross-entropy of each key among the keys of the batch."""
    tau = number(temperature)
    return 2 * tau * pc.info_nce(query, key, temperature=tau, symmetric=False)


@counterpart(
    "info_nce(nn, p, temperature=temperature, symmetric=False)",
    reducer="mean over rows",
    note="`nnclr` looks up the nearest neighbours itself.",
)
def nnclr_loss_func(nn, p, temperature=0.1):
    """Cross-entropy of each prediction, with the nearest neighbours as the anchors."""
    return pc.info_nce(nn, p, temperature=number(temperature), symmetric=False)

"""Losses of lightly."""

import torch

import polycontrast as pc
from polycontrast.compat.arguments import number, refuse
from polycontrast.compat.crosswalk import counterpart

__all__ = [
    "BarlowTwinsLoss",
    "DCLLoss",
    "DCLWLoss",
    "DirectCLRLoss",
    "HypersphereLoss",
    "NTXentLoss",
    "NegativeCosineSimilarity",
    "SwaVLoss",
    "VICRegLoss",
]

RANKS = "call the objective with comm=, see the page on several devices"
QUEUE = "call info_nce with negatives=queue, in_batch=False, symmetric=False"
GATHER = "`gather_distributed=True`"


@counterpart(
    "nt_xent(out0, out1, temperature=temperature)",
    reducer="mean over 2B rows",
    refuses=f"`memory_bank_size`, {GATHER}",
)
class NTXentLoss(torch.nn.Module):
    """NT-Xent of two views."""

    def __init__(self, temperature=0.5, memory_bank_size=0, gather_distributed=False):
        super().__init__()
        name = type(self).__name__
        refuse(name, QUEUE, memory_bank_size=memory_bank_size)
        refuse(name, RANKS, gather_distributed=gather_distributed)
        self.temperature = temperature

    def forward(self, out0, out1):
        return pc.nt_xent(out0, out1, temperature=number(self.temperature))


@counterpart(
    "nt_xent(out0[:, :loss_dim], out1[:, :loss_dim], temperature=temperature)",
    reducer="mean over 2B rows",
    refuses=f"`memory_bank_size`, {GATHER}",
)
class DirectCLRLoss(NTXentLoss):
    """NT-Xent of the first columns of two views."""

    def __init__(self, loss_dim=64, temperature=0.5, memory_bank_size=0, gather_distributed=False):
        super().__init__(temperature, memory_bank_size, gather_distributed)
        self.loss_dim = loss_dim

    def forward(self, out0, out1):
        return super().forward(*(t.flatten(1)[:, : self.loss_dim] for t in (out0, out1)))


@counterpart(
    "dcl(out0, out1, temperature=temperature)",
    reducer="mean over 2B rows",
    refuses=f"`weight_fn`, {GATHER}",
)
class DCLLoss(torch.nn.Module):
    """Decoupled contrastive loss."""

    def __init__(self, temperature=0.1, weight_fn=None, gather_distributed=False):
        super().__init__()
        refuse("DCLLoss", "the weights of DCLW are in DCLWLoss", weight_fn=weight_fn)
        refuse("DCLLoss", RANKS, gather_distributed=gather_distributed)
        self.temperature = temperature

    def forward(self, out0, out1):
        return pc.dcl(out0, out1, temperature=number(self.temperature))


@counterpart(
    "dclw(out0, out1, temperature=temperature, sigma=sigma)",
    reducer="mean over 2B rows",
    refuses=GATHER,
)
class DCLWLoss(torch.nn.Module):
    """Decoupled contrastive loss with weights of the positives."""

    def __init__(self, temperature=0.1, sigma=0.5, gather_distributed=False):
        super().__init__()
        refuse("DCLWLoss", RANKS, gather_distributed=gather_distributed)
        self.temperature = temperature
        self.sigma = sigma

    def forward(self, out0, out1):
        numbers = {"temperature": number(self.temperature), "sigma": number(self.sigma)}
        return pc.dclw(out0, out1, **numbers)


@counterpart(
    "barlow_twins(z_a, z_b, weight=lambda_param)",
    reducer="sum over D x D entries",
    refuses=GATHER,
)
class BarlowTwinsLoss(torch.nn.Module):
    """Barlow Twins."""

    def __init__(self, lambda_param=5e-3, gather_distributed=False):
        super().__init__()
        refuse("BarlowTwinsLoss", RANKS, gather_distributed=gather_distributed)
        self.lambda_param = lambda_param

    def forward(self, z_a, z_b):
        return pc.barlow_twins(z_a, z_b, weight=self.lambda_param)


@counterpart(
    "vicreg(z_a, z_b, sim_weight=lambda_param, var_weight=mu_param, cov_weight=nu_param, eps=eps)",
    reducer="the three means of VICReg",
    refuses=GATHER,
)
class VICRegLoss(torch.nn.Module):
    """VICReg."""

    def __init__(
        self, lambda_param=25.0, mu_param=25.0, nu_param=1.0, gather_distributed=False, eps=0.0001
    ):
        super().__init__()
        refuse("VICRegLoss", RANKS, gather_distributed=gather_distributed)
        self.weights = {"sim_weight": lambda_param, "var_weight": mu_param, "cov_weight": nu_param}
        self.eps = eps

    def forward(self, z_a, z_b):
        return pc.vicreg(z_a, z_b, **self.weights, eps=self.eps)


@counterpart("negative_cosine(x0, x1)", refuses="`dim` other than 1")
class NegativeCosineSimilarity(torch.nn.Module):
    """Minus the mean cosine of matching rows."""

    def __init__(self, dim=1, eps=1e-8):
        super().__init__()
        if dim not in (1, -1):
            raise ValueError(f"NegativeCosineSimilarity: dim must be 1, the columns; got {dim}")
        self.eps = eps  # of rows shorter than this: it has no use here, see the page

    def forward(self, x0, x1):
        return pc.negative_cosine(x0, x1)


@counterpart(
    "swav(outputs, torch.eye(K), normalize=False, assign=range(len(high_resolution_outputs)), "
    "temperature=temperature, epsilon=sinkhorn_epsilon, iterations=sinkhorn_iterations)",
    reducer="mean over crops and rows, of shape (1,)",
    refuses="`sinkhorn_gather_distributed=True`",
    note="It takes scores of prototypes. `swav` itself takes rows and prototypes.",
)
class SwaVLoss(torch.nn.Module):
    """Swapped prediction from scores of prototypes."""

    def __init__(
        self,
        temperature=0.1,
        sinkhorn_iterations=3,
        sinkhorn_epsilon=0.05,
        sinkhorn_gather_distributed=False,
    ):
        super().__init__()
        refuse("SwaVLoss", RANKS, sinkhorn_gather_distributed=sinkhorn_gather_distributed)
        self.temperature = temperature
        self.sinkhorn = {"iterations": sinkhorn_iterations, "epsilon": sinkhorn_epsilon}

    def forward(self, high_resolution_outputs, low_resolution_outputs, queue_outputs=None):
        scores = torch.stack([*high_resolution_outputs, *low_resolution_outputs])
        value = pc.swav(
            scores,
            torch.eye(scores.shape[-1], dtype=scores.dtype, device=scores.device),
            None if queue_outputs is None else torch.stack(list(queue_outputs)).detach(),
            temperature=number(self.temperature),
            assign=tuple(range(len(high_resolution_outputs))),
            normalize=False,
            **self.sinkhorn,
        )
        return value.reshape(1)


@counterpart(
    "alignment(z_a, z_b, alpha=alpha) + lam * (uniformity(z_a, t=t) + uniformity(z_b, t=t)) / 2",
    reducer="mean over pairs, before the logarithm",
)
class HypersphereLoss(torch.nn.Module):
    """Alignment and uniformity of two views."""

    def __init__(self, t=1.0, lam=1.0, alpha=2.0):
        super().__init__()
        self.t = t
        self.lam = lam
        self.alpha = alpha

    def forward(self, z_a, z_b):
        spread = pc.uniformity(z_a, t=self.t) + pc.uniformity(z_b, t=self.t)
        return pc.alignment(z_a, z_b, alpha=self.alpha) + self.lam * spread / 2

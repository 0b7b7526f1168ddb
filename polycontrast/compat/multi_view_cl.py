"""Losses of the Multi-View-CL repository, of rows (M B, D): the views, one below the other."""

import torch

import polycontrast as pc
from polycontrast.compat.arguments import number, refuse
from polycontrast.compat.crosswalk import counterpart

__all__ = ["MVDHEL", "MVINFONCE", "NTXent", "NTXentHPS", "PVCLoss"]

RANKS = "call the objective with comm=, see the page on several devices"
DISTRIBUTED = "`distributed=True`"


def _views(name, z, count):
    """Views (M, B, D) of rows (M B, D)."""
    if len(z) % count:
        raise ValueError(f"{name}: z must have as many rows of {count} views; got {len(z)} rows")
    return z.reshape(count, -1, z.shape[-1])


def _accuracy(views, positives):
    """1.0 for each row whose nearest other rows are its positives, else 0.0."""
    with torch.no_grad():
        z = torch.nn.functional.normalize(views.reshape(-1, views.shape[-1]), dim=1)
        rows = torch.arange(len(z), device=z.device)
        nearest = (z @ z.T).fill_diagonal_(-torch.inf).topk(positives, dim=1).indices
        alike = (nearest - rows[:, None]) % views.shape[1] == 0
        return alike.all(1).to(torch.float32)


@counterpart(
    "nt_xent(first, second, temperature=tau), or of more views multi_crop(views, temperature=tau) "
    "(pwe), average_view(views, temperature=tau) (average), "
    "sup_con(views, torch.arange(B), temperature=tau) (mv)",
    reducer="mean over rows; the second result is the accuracy of each row",
    refuses=DISTRIBUTED,
    note="Without `pwe`, `average` and `mv` the two halves of the rows are the views, whatever "
    "`multiplier` is. The accuracies form all pairs of rows.",
)
class NTXent(torch.nn.Module):
    """NT-Xent of two views, or of many."""

    def __init__(
        self, tau=1.0, multiplier=2, pwe=False, average=False, mv=False, distributed=False
    ):
        super().__init__()
        refuse("NTXent", RANKS, distributed=distributed)
        self.tau = tau
        self.k_views = multiplier
        self.kind = "pwe" if pwe else "average" if average else "mv" if mv else "halves"

    def forward(self, z):
        views, tau = _views("NTXent", z, self.k_views), number(self.tau)
        if self.kind == "halves":
            views = _views("NTXent", z, 2)
            return pc.nt_xent(*views, temperature=tau), _accuracy(views, 1)
        if self.kind == "mv":
            labels = torch.arange(views.shape[1], device=z.device)
            return pc.sup_con(views, labels, temperature=tau), _accuracy(views, self.k_views - 1)
        unit = torch.nn.functional.normalize(views, dim=-1)
        if self.kind == "pwe":
            pairs = list(torch.combinations(torch.arange(self.k_views)))
            value = pc.multi_crop(views, pair="nt_xent", temperature=tau)
            accuracies = [_accuracy(unit[pair], 1) for pair in pairs]
        else:
            value = pc.average_view(views, pair="nt_xent", temperature=tau)
            rest = (unit.sum(0) - unit) / (self.k_views - 1)
            accuracies = [_raw_accuracy(a, b) for a, b in zip(unit, rest, strict=True)]
        return value, sum(accuracies) / len(accuracies)


def _raw_accuracy(one, other):
    """Accuracy of rows that are not scaled to unit length."""
    with torch.no_grad():
        z = torch.cat([one, other])
        nearest = (z @ z.T).fill_diagonal_(-torch.inf).argmax(1)
        rows = torch.arange(len(z), device=z.device)
        return ((nearest - rows) % len(one) == 0).to(torch.float32)


@counterpart(
    "dhel(first, second, temperature=tau)",
    reducer="mean over samples; the second result is 0",
    refuses=f"{DISTRIBUTED}, `multiplier` other than 2",
)
class NTXentHPS(torch.nn.Module):
    """DHEL of two views."""

    def __init__(self, tau=1.0, gpu=None, multiplier=2, distributed=False):
        super().__init__()
        refuse("NTXentHPS", RANKS, distributed=distributed)
        refuse("NTXentHPS", "take MVDHEL", multiplier=None if multiplier == 2 else multiplier)
        self.tau = tau

    def forward(self, z, get_map=False):
        return pc.dhel(*_views("NTXentHPS", z, 2), temperature=number(self.tau)), 0


@counterpart(
    'mv_info_nce(views, temperature=tau, energy="all")',
    reducer="mean over samples; the second result is 0",
    refuses=DISTRIBUTED,
)
class MVINFONCE(torch.nn.Module):
    """Multi-view InfoNCE."""

    def __init__(self, tau=1.0, multiplier=2, distributed=False):
        super().__init__()
        refuse("MVINFONCE", RANKS, distributed=distributed)
        self.tau = tau
        self.k_views = multiplier

    def forward(self, z):
        views = _views("MVINFONCE", z, self.k_views)
        return pc.mv_info_nce(views, temperature=number(self.tau), energy="all"), 0


@counterpart(
    'mv_dhel(views, temperature=tau), or multi_crop(views, pair="dhel", temperature=tau) (pwe), '
    'average_view(views, pair="dhel", normalize_mean=True, temperature=tau) (average)',
    reducer="mean over samples; the second result is 0",
    refuses=DISTRIBUTED,
)
class MVDHEL(torch.nn.Module):
    """Multi-view DHEL."""

    def __init__(self, tau=0.2, multiplier=2, distributed=False, pwe=False, average=False):
        super().__init__()
        refuse("MVDHEL", RANKS, distributed=distributed)
        self.tau = tau
        self.k_views = multiplier
        self.pwe = pwe
        self.average = average

    def forward(self, z):
        views, tau = _views("MVDHEL", z, self.k_views), number(self.tau)
        if self.pwe:
            return pc.multi_crop(views, pair="dhel", temperature=tau), 0
        if self.average:
            return pc.average_view(views, pair="dhel", normalize_mean=True, temperature=tau), 0
        return pc.mv_dhel(views, temperature=tau), 0


@counterpart(
    "poly_view(views, temperature=tau)",
    reducer="mean over samples and views; the second result is 0",
    refuses=f'{DISTRIBUTED}, `method="arithmetic"`',
    note="The arithmetic form there averages over the batch before it aggregates, and divides by B "
    'in place of the number of views. `aggregation="arithmetic"` is that of the paper.',
)
class PVCLoss(torch.nn.Module):
    """Geometric poly-view loss."""

    def __init__(self, tau=0.2, multiplier=2, distributed=False, method="geometric"):
        super().__init__()
        refuse("PVCLoss", RANKS, distributed=distributed)
        if method != "geometric":
            raise ValueError(f"PVCLoss: method must be geometric, see the page; got {method!r}")
        self.tau = tau
        self.multiplier = multiplier

    def forward(self, z):
        views = _views("PVCLoss", z, self.multiplier)
        return pc.poly_view(views, temperature=number(self.tau)), 0

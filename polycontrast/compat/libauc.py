"""Losses of LibAUC."""

import math

import torch

import polycontrast as pc
from polycontrast.compat.arguments import number, one_of, refuse
from polycontrast.compat.crosswalk import counterpart

__all__ = ["GCLoss", "GCLoss_v1", "GCLoss_v2", "PairwiseAUCLoss"]

RANKS = "call global_contrastive with comm=, see the page on several devices"
TEMPERATURES = "call global_contrastive and update_temperature"
STEP = "global_contrastive(hidden1, hidden2, update_log_u(...), tau, {})"
STATE = (
    "Its value is not that of `global_contrastive`: it is the sum of the scores, weighted as in "
    "the gradient. The gradients are equal up to the factor. `log_u` has the moving averages."
)
REFUSED = "`distributed=True`, learned temperatures"


class _GlobalContrast(torch.nn.Module):
    """State of the samples of both sides, its moving average, and value and gradient of a step."""

    def __init__(self, samples, sides, tau, gamma, gamma_schedule, gamma_decay_epochs, smallest):
        super().__init__()
        name = type(self).__name__
        one_of(name, "gamma_schedule", gamma_schedule, {"constant": None, "cosine": None})
        if gamma_schedule == "cosine" and not gamma_decay_epochs > 0:
            got = f"got {gamma_decay_epochs}"
            raise ValueError(f"{name}: gamma_decay_epochs must be above 0 for cosine; {got}")
        self.log_u = torch.full((sides, samples), -math.inf, dtype=torch.float64)
        self.tau = tau
        self.gamma = 1.0
        self.gamma_min = gamma
        self.gamma_schedule = gamma_schedule
        self.gamma_decay_epochs = gamma_decay_epochs
        self.log_smallest = math.log(smallest)

    def adjust_gamma(self, epoch):
        """Set the weight of the new values for an epoch."""
        low, last = self.gamma_min, self.gamma_decay_epochs
        if self.gamma_schedule == "constant":
            self.gamma = 1.0 if epoch == 0 else low
        else:
            cosine = 0.5 * (1 + math.cos(math.pi * epoch / last))
            self.gamma = (1 - low) * cosine + low if epoch < last else low

    def _weight(self, before):
        """Weight of the new values: 1 in the first epoch, while no sample has a state."""
        if self.gamma_schedule == "constant" and self.gamma > self.gamma_min:
            return 1.0 if bool(torch.isinf(before).all()) else self.gamma_min
        return self.gamma

    def _step(self, x, y, index, options):
        """The updated state, losses of both sides, and the means of the scores by their weights."""
        before = self.log_u[:, index.cpu()].to(x)
        with torch.no_grad():
            new = pc.update_log_u(
                x.detach(), y.detach(), torch.full_like(x[:, 0], -math.inf), self.tau, gamma=1.0,
                **options,
            )  # fmt: skip
            weights = [self._weight(side) for side in before]
            weight = torch.tensor(weights, dtype=x.dtype, device=x.device)[:, None]
            log_u = torch.logaddexp((1 - weight).log() + before, weight.log() + new)
            mean = torch.logaddexp(*log_u) - math.log(2)
            kept = log_u if len(self.log_u) == 2 else mean[None, :]
            self.log_u[:, index.cpu()] = kept.to(self.log_u)
            log_u = log_u.clamp(min=self.log_smallest)
        tau = torch.full_like(log_u, self.tau).requires_grad_()
        with torch.enable_grad():
            losses = pc.global_contrastive(x, y, log_u, tau, reduction="none", **options)
            # The derivative by a temperature is log u less the mean score over the temperature.
            (slope,) = torch.autograd.grad(losses.sum(), tau, retain_graph=True)
        if not torch.is_grad_enabled():
            losses = losses.detach()
        return losses, self.tau * (log_u - slope)


def _valued(value, losses):
    """A number, with the gradient of other losses."""
    return value.detach() + losses - losses.detach()


@counterpart(
    STEP.format('negatives="all", relative=False'),
    factor="2, of the gradient",
    reducer="mean over samples of the sum of both sides",
    refuses=f"{REFUSED} (`enable_isogclr`)",
    note=STATE,
)
class GCLoss_v1(_GlobalContrast):
    """SogCLR of two views."""

    def __init__(
        self,
        N=100000,
        tau=0.1,
        gamma=0.9,
        eps=1e-8,
        device=None,
        distributed=False,
        enable_isogclr=False,
        tau_min=0.05,
        tau_max=0.7,
        rho=0.3,
        eta=0.01,
        beta=0.9,
        gamma_schedule="constant",
        gamma_decay_epochs=-1,
    ):
        refuse("GCLoss_v1", RANKS, distributed=distributed)
        refuse("GCLoss_v1", TEMPERATURES, enable_isogclr=enable_isogclr)
        super().__init__(N, 1, tau, gamma, gamma_schedule, gamma_decay_epochs, eps)

    def forward(self, hidden1, hidden2, index):
        options = {"negatives": "all", "relative": False}
        losses, scores = self._step(hidden1, hidden2, index, options)
        match = pc.negative_cosine(hidden1.detach(), hidden2.detach())
        return _valued(scores.sum(0).mean() + 2 * match, 2 * losses.mean())


@counterpart(
    STEP.format("normalize=False"),
    factor="B - 1",
    reducer="mean over 2B rows; the second result is None",
    refuses=f"{REFUSED} (`temperature_scheme`)",
    note=STATE,
)
class GCLoss_v2(_GlobalContrast):
    """SogCLR of two modalities, of rows of unit length."""

    def __init__(
        self,
        N=1000000,
        tau=0.01,
        gamma=0.9,
        cache_labels=False,
        rank=0,
        world_size=1,
        distributed=False,
        temperature_scheme="global_constant",
        tau_min=0.005,
        tau_max=0.05,
        rho=6.0,
        eta=0.01,
        beta=0.9,
        gamma_schedule="constant",
        gamma_decay_epochs=-1,
        enable_isogclr=False,
    ):
        refuse("GCLoss_v2", RANKS, distributed=distributed or world_size > 1)
        learned = enable_isogclr or temperature_scheme != "global_constant"
        scheme = temperature_scheme if learned else None
        refuse("GCLoss_v2", TEMPERATURES, temperature_scheme=scheme)
        super().__init__(N, 2, tau, gamma, gamma_schedule, gamma_decay_epochs, 1e-300)

    def forward(self, image_features, text_features, index):
        options = {"negatives": "cross", "relative": True, "normalize": False}
        losses, scores = self._step(image_features, text_features, index, options)
        factor = len(image_features) - 1
        return _valued(factor * scores.mean(), factor * losses.mean()), None


@counterpart(
    'GCLoss_v1(...), or of mode="bimodal" GCLoss_v2(...)',
    factor="2, or B - 1",
    reducer="as they have",
    refuses=REFUSED,
)
class GCLoss(torch.nn.Module):
    """SogCLR of two views, or of two modalities."""

    def __init__(self, mode="unimodal", **kwargs):
        super().__init__()
        kinds = {"unimodal": GCLoss_v1, "bimodal": GCLoss_v2}
        self.loss_fn = one_of("GCLoss", "mode", mode, kinds)(**kwargs)

    def forward(self, hidden1, hidden2, index, **kwargs):
        return self.loss_fn(hidden1, hidden2, index, **kwargs)

    def adjust_gamma(self, epoch):
        """Set the weight of the new values for an epoch."""
        self.loss_fn.adjust_gamma(epoch)


@counterpart(
    "mann_whitney_scores(y_pred[y_true == 1], y_pred[y_true == 0], temperature=1 / hparam)",
    reducer="mean over pairs",
    refuses="`surr_loss` other than logistic",
)
class PairwiseAUCLoss(torch.nn.Module):
    """Logistic loss of all pairs of a positive and a negative score."""

    def __init__(self, surr_loss="logistic", hparam=1.0):
        super().__init__()
        one_of("PairwiseAUCLoss", "surr_loss", surr_loss, {"logistic": None})
        self.hparam = hparam

    def forward(self, y_pred, y_true, index=None):
        scores, truth = y_pred.reshape(-1), y_true.reshape(-1)
        pair = scores[truth == 1], scores[truth == 0]
        return pc.mann_whitney_scores(*pair, temperature=1 / number(self.hparam))

"""Naive losses that choose, correct or weight the negatives."""

import math

from .conventions import reduce, unit
from .registry import oracle, torch


def _debiased(x, y, temperature, tau_plus, beta, reduction):
    """The corrected mass of the negatives or its floor, in logarithms, anchor by anchor."""
    z, b = torch.cat([unit(x), unit(y)]), x.shape[0]
    losses = []
    for a in range(2 * b):
        partner = (a + b) % (2 * b)
        negatives = [k for k in range(2 * b) if k not in (a, partner)]
        n, s = len(negatives), z @ z[a] / temperature
        positive = s[partner]
        if not negatives:
            losses.append(0 * positive)
            continue
        log_weights = torch.log_softmax(beta * s[negatives], 0) + math.log(n)
        mass = torch.logsumexp(log_weights + s[negatives], 0)
        kept = math.log(n) - 1 / torch.as_tensor(temperature)  # the floor
        false = positive + math.log(tau_plus * n) if tau_plus else -torch.ones_like(mass) / 0
        if mass > false:
            corrected = mass + torch.log1p(-torch.exp(false - mass)) - math.log(1 - tau_plus)
            kept = corrected if corrected > kept else kept
        losses.append(torch.logaddexp(positive, kept) - positive)
    return reduce(torch.stack(losses), None, reduction)


@oracle(cases=({"tau_plus": 0.0}, {"tau_plus": 0.4}, {"temperature": 0.1}))
def debiased_nce(x, y, *, temperature=0.5, tau_plus=0.1, reduction="mean"):
    """NT-Xent with the expected mass of false negatives taken off."""
    return _debiased(x, y, temperature, tau_plus, 0.0, reduction)


@oracle(cases=({"tau_plus": 0.0, "beta": 2.5}, {"beta": 0.0}, {"temperature": 0.1}))
def hard_negative_nce(x, y, *, temperature=0.5, tau_plus=0.1, beta=1.0, reduction="mean"):
    """The same with negatives weighted by a softmax of their own scores."""
    return _debiased(x, y, temperature, tau_plus, beta, reduction)

"""Naive losses that choose, correct or weight the negatives."""

import math

from .conventions import apart, reduce, unit
from .registry import oracle, torch


def _debiased(x, y, ids, temperature, tau_plus, beta, reduction):
    """The corrected mass of the negatives or its floor, in logarithms, anchor by anchor."""
    z, b = torch.cat([unit(x), unit(y)]), x.shape[0]
    losses = []
    for a in range(2 * b):
        partner = (a + b) % (2 * b)
        negatives = [k for k in range(2 * b) if apart(a % b, k % b, ids)]
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


@oracle(cases=({"tau_plus": 0.0}, {"tau_plus": 0.4}, {"temperature": 0.1}, {"ids": "B"}))
def debiased_nce(x, y, ids=None, *, temperature=0.5, tau_plus=0.1, reduction="mean"):
    """NT-Xent with the expected mass of false negatives taken off."""
    return _debiased(x, y, ids, temperature, tau_plus, 0.0, reduction)


@oracle(cases=({"tau_plus": 0.0, "beta": 2.5}, {"beta": 0.0}, {"temperature": 0.1}, {"ids": "B"}))
def hard_negative_nce(x, y, ids=None, *, temperature=0.5, tau_plus=0.1, beta=1.0, reduction="mean"):
    """The same with negatives weighted by a softmax of their own scores."""
    return _debiased(x, y, ids, temperature, tau_plus, beta, reduction)


@oracle(cases=({"temperature": 0.5}, {"symmetric": False}, {"normalize": False}, {"ids": "B"}))
def cluster_info_nce(
    x, y, clusters, ids=None, *, temperature=0.07, symmetric=True, normalize=True, reduction="mean"
):
    """InfoNCE in which a candidate must be of the anchor's cluster."""
    x, y = unit(x, normalize), unit(y, normalize)
    losses = []
    for i in range(x.shape[0]):
        own = [j for j in range(x.shape[0]) if clusters[j] == clusters[i]]
        own = [j for j in own if j == i or apart(i, j, ids)]
        positive = x[i] @ y[i] / temperature
        loss = torch.logsumexp(y[own] @ x[i] / temperature, 0) - positive
        if symmetric:
            other = torch.logsumexp(x[own] @ y[i] / temperature, 0) - positive
            loss = (loss + other) / 2
        losses.append(loss)
    return reduce(torch.stack(losses), None, reduction)


@oracle(cases=({"temperature": 0.1}, {"normalize": False}, {"ids": "B"}))
def meow(x, y, clusters, ids=None, *, temperature=0.4, normalize=True, reduction="mean"):
    """The match against candidates times the number of clusterings that separate them."""
    x, y = unit(x, normalize), unit(y, normalize)
    losses = []
    for i in range(x.shape[0]):
        counts = [
            (j, int((clusters[..., i] != clusters[..., j]).sum()))
            for j in range(x.shape[0])
            if apart(i, j, ids)
        ]
        terms = [x[i] @ y[j] / temperature + math.log(n) for j, n in counts if n]
        if terms:
            losses.append(torch.logsumexp(torch.stack(terms), 0) - x[i] @ y[i] / temperature)
        else:
            losses.append(0 * (x[i] @ y[i]))
    return reduce(torch.stack(losses), None, reduction)


def _with_margin(match, negatives, temperature, margin, kind):
    """Cross-entropy of one match, whose cosine has a margin, among negatives."""
    mapped = match - margin
    if kind == "arc":
        mapped = match * math.cos(margin)
        mapped = mapped - torch.clamp(1 - match * match, min=1e-12).sqrt() * math.sin(margin)
        if margin < 0 and match >= math.cos(margin):
            mapped = match + margin * math.sin(margin)
        if margin > 0 and match <= -math.cos(margin):
            mapped = match - margin * math.sin(margin)
    logits = torch.stack([mapped, *negatives]) / temperature
    return torch.logsumexp(logits, 0) - mapped / temperature


@oracle(
    cases=(
        {"temperature": 0.5, "negatives": "B K D"},
        {"margin": 0.0, "kind": "arc"},
        {"margin": 0.4, "kind": "arc", "negatives": "B K D"},
        {"margin": -1.2, "kind": "arc"},
        {"margin": 2.0, "kind": "arc"},
    )
)
def margin_info_nce(x, y, negatives, *, temperature=0.2, margin=-0.5, kind="cos", reduction="mean"):
    """Each match with its margin among the negatives."""
    x, y, negatives = unit(x), unit(y), unit(negatives)
    losses = []
    for i in range(len(x)):
        own = negatives if negatives.ndim == 2 else negatives[i]
        losses.append(_with_margin(x[i] @ y[i], own @ x[i], temperature, margin, kind))
    return reduce(torch.stack(losses), None, reduction)


@oracle(
    cases=(
        {"temperature": 0.5},
        {"intra_margin": 0.2, "inter_margin": 0.3},
        {"intra_weight": 0.1, "inter_weight": 2.0},
    )
)
def interclr(
    x,
    y,
    queue,
    bank,
    pos_index,
    neg_index,
    *,
    temperature=0.2,
    intra_margin=0.0,
    inter_margin=-0.5,
    intra_weight=0.75,
    inter_weight=0.25,
    reduction="mean",
):
    """The own view against the queue, and a member of the cluster against listed rows."""
    x, y, queue, bank = unit(x), unit(y), unit(queue), unit(bank)
    losses = []
    for i in range(len(x)):
        intra = _with_margin(x[i] @ y[i], queue @ x[i], temperature, intra_margin, "cos")
        match, others = bank[int(pos_index[i])], bank[neg_index[i].tolist()]
        inter = _with_margin(x[i] @ match, others @ x[i], temperature, inter_margin, "cos")
        losses.append(intra_weight * intra + inter_weight * inter)
    return reduce(torch.stack(losses), None, reduction)


@oracle(
    cases=(
        {"temperature": 0.5, "stop_grad": False},
        {"normalize": False, "stop_grad": False},
        {"normalize": False, "temperature": 0.5},
    )
)
def mochi(
    x,
    y,
    negatives,
    pairs,
    alpha,
    query_index,
    beta,
    *,
    temperature=0.2,
    stop_grad=True,
    normalize=True,
    reduction="mean",
):
    """Each match among the queue and mixtures of its rows."""
    x, y, n = unit(x, normalize), unit(y, normalize), unit(negatives, normalize)
    losses = []
    for i in range(len(x)):
        mixed = []
        for (a, b), share in zip(pairs[i].tolist(), alpha[i], strict=True):
            mixed.append(share * n[a] + (1 - share) * n[b])
        for c, share in zip(query_index[i].tolist(), beta[i], strict=True):
            mixed.append(share * x[i] + (1 - share) * n[c])
        mixed = unit(torch.stack(mixed))
        candidates = torch.cat([y[i : i + 1], n, mixed.detach() if stop_grad else mixed])
        logits = candidates @ x[i] / temperature
        losses.append(torch.logsumexp(logits, 0) - logits[0])
    return reduce(torch.stack(losses), None, reduction)

"""Naive losses that choose among all candidates of an anchor."""

import math

import numpy as np

from .conventions import norm, reduce, unit
from .registry import oracle, torch


def _sorted_apart(negatives, positives, steepness):
    """Binary cross-entropy of where the inputs of an odd-even network end, by whole matrices."""
    values = torch.cat([negatives, positives])
    k, n = len(negatives), len(values)
    if k in (0, n):
        return 0 * values.sum()  # nothing to exchange
    target = torch.cat([torch.ones(k), torch.zeros(n - k)]).to(values.dtype)
    whole = torch.eye(n, dtype=values.dtype)
    for layer in range(n):
        matrix = torch.eye(n, dtype=values.dtype)
        for p in range(layer % 2, n - 1, 2):
            w = 0.5 + torch.atan(steepness * (values[p + 1] - values[p])) / math.pi
            pair = torch.stack([torch.stack([w, 1 - w]), torch.stack([1 - w, w])])
            matrix = matrix.index_put(
                (torch.tensor([[p], [p + 1]]), torch.tensor([[p, p + 1]])), pair
            )
        values, whole = matrix @ values, whole @ matrix
    first = whole[:, :k].sum(1)
    log_first, log_others = (torch.log(t).clamp(min=-100) for t in (first, 1 - first))
    return -(target * log_first + (1 - target) * log_others).mean()


@oracle(
    exact={"k": 2},
    cases=(
        {"stop_grad": False},
        {"k": 1, "steepness": 20.0, "stop_grad": False},
        {"n_pos": 2, "stop_grad": False},
        {"n_pos": 1, "steepness": 5.0},
        {"normalize": False, "stop_grad": False},
    ),
)
def groco(
    views,
    *,
    k=10,
    steepness=1.0,
    n_pos=None,
    stop_grad=True,
    normalize=True,
    reduction="mean",
):
    """Positives and the nearest rows of the own view, sorted by a soft network."""
    z, samples = unit(views, normalize), views.shape[1]
    others = z.detach() if stop_grad else z
    losses = []
    for i in range(samples):
        total = 0
        for a in range(len(z)):
            rest = [j for j in range(samples) if j != i]
            # Equal products in the order of their rows, or of their views.
            products = (z[a] @ z[a, i]).tolist()
            places = sorted(rest, key=lambda j: -round(products[j], 10))[:k][::-1]
            negatives = others[a, places] @ z[a, i]
            views_of = [c for c in range(len(z) if n_pos is None else n_pos) if c != a]
            positives = others[views_of, i] @ z[a, i]
            numbers = positives.tolist()
            positives = positives[sorted(range(len(numbers)), key=lambda c: round(numbers[c], 10))]
            total = total + _sorted_apart(negatives, positives, steepness) / len(z)
        losses.append(total)
    return reduce(torch.stack(losses), None, reduction)


def _kept(products, fraction, threshold, slack):
    """Places of the hardest of some products; those within rounding of the last one tie with it."""
    if threshold is None and len(products):
        count = max(1, math.ceil(round(fraction * len(products), 6)))
        threshold = torch.sort(products, descending=True)[0][count - 1]
    return [k for k, s in enumerate(products) if s >= threshold - slack]


def _slack(x, y):
    """Rounding of products of these rows."""
    eps = torch.finfo(x.dtype).eps
    x, y = x.detach(), y.detach()
    return float((8 + x.shape[1] ** 0.5) * eps * norm(x).max() * norm(y).max())


@oracle(
    cases=(
        {"hard_fraction": 0.5, "temperature": 0.5},
        {"hard_fraction": 0.4, "temperature": 0.5, "negatives": "K D"},
        {"threshold": 0.1, "temperature": 0.5, "negatives": "K D"},
        {"hard_fraction": 1.0},
        {"hard_fraction": 0.6, "normalize": False, "temperature": 0.5},
    )
)
def hard_contrastive(
    x,
    y,
    negatives=None,
    *,
    temperature=0.07,
    hard_fraction=0.1,
    threshold=None,
    normalize=True,
    reduction="mean",
):
    """Each match among the negatives above the cutoff of its anchor."""
    x, y = unit(x, normalize), unit(y, normalize)
    bank = y if negatives is None else torch.cat([y, unit(negatives, normalize)])
    slack, losses = _slack(x, bank), []
    for i in range(len(x)):
        products = bank @ x[i]
        others = torch.cat([products[:i], products[i + 1 :]])
        kept = others[_kept(others.detach(), hard_fraction, threshold, slack)]
        logits = torch.cat([products[i : i + 1], kept]) / temperature
        losses.append(torch.logsumexp(logits, 0) - logits[0])
    return reduce(torch.stack(losses), None, reduction)


@oracle(
    cases=(
        {"weight": 0.3},
        {"hard_fraction": 0.5},
        {"hard_fraction": 0.1, "weight": 2.0},
        {"hard_fraction": 0.5, "normalize": False},
        {"normalize": False},
    )
)
def simple_contrastive(x, y, *, weight=1.0, hard_fraction=None, normalize=True, reduction="mean"):
    """Products of negatives, less that of the match."""
    x, y = unit(x, normalize), unit(y, normalize)
    slack, losses = _slack(x, y), []
    for i in range(len(x)):
        products = y @ x[i]
        others = torch.cat([products[:i], products[i + 1 :]])
        fraction = 1.0 if hard_fraction is None else hard_fraction
        kept = _kept(others.detach(), fraction, None, slack)
        losses.append(weight * others[kept].sum() - products[i])
    return reduce(torch.stack(losses), None, reduction)


@oracle(
    cases=(
        {"pool": "lse"},
        {"beta": 1.0},
        {"beta": 0.0, "pool": "lse"},
        {"normalize": False},
        {"normalize": False, "pool": "lse"},
    )
)
def amcl(x, y, tau_pos, tau_neg, *, beta=0.1, pool="max", normalize=True, reduction="mean"):
    """Sum over heads of the match and the largest of the others, by their temperatures."""
    x, y, dim = unit(x, normalize), unit(y, normalize), x.shape[-1]

    def omega(tau):
        return dim / 2 * torch.log(tau) + 1 / tau

    losses = []
    for i in range(x.shape[1]):
        total = 0
        for c in range(len(x)):
            slack = _slack(x[c], y[c])
            s = y[c] @ x[c, i]
            others = [j for j in range(len(s)) if j != i]
            top = float(s.detach()[others].max())
            if pool == "max":
                others = [j for j in others if float(s.detach()[j]) >= top - slack][:1]
            tau = tau_neg[c, i, others]
            negatives = torch.logsumexp(s[others] / tau - beta * omega(tau), 0)
            own = tau_pos[c, i]
            total = total - s[i] / own + beta * omega(own) + negatives
        losses.append(total)
    return reduce(torch.stack(losses), None, reduction)


def _shift(scores, k, alpha):
    """The number t with which the sigmoids of alpha (scores + t) add up to k."""
    whole = math.floor(k)
    ordered = torch.sort(scores, descending=True)[0]
    rest = math.log(k - whole) if k > whole else -math.inf

    def halves(s, t):
        """Logarithms of what the largest lack of 1, and of what the others have."""
        lacking, present = -np.logaddexp(0, alpha * (s + t)), -np.logaddexp(0, -alpha * (s + t))
        lacking = np.append(lacking[:whole], rest)
        return np.logaddexp.reduce(lacking), np.logaddexp.reduce(present[whole:])

    s = ordered.detach().numpy()
    low, high = -s.max() - 400 / alpha, -s.min() + 400 / alpha
    for _ in range(70):
        middle = (low + high) / 2
        lacking, present = halves(s, middle)
        low, high = (middle, high) if lacking > present else (low, middle)
    t = torch.as_tensor((low + high) / 2, dtype=scores.dtype).requires_grad_()
    # Two steps of Newton's method from the root have the first and second derivatives of the root.
    for _ in range(2):
        lacking = -_softplus(alpha * (ordered[:whole] + t))
        lacking = torch.cat([lacking, torch.full_like(scores[:1], rest)])
        present = -_softplus(-alpha * (ordered[whole:] + t))
        value = torch.logsumexp(lacking, 0) - torch.logsumexp(present, 0)
        (slope,) = torch.autograd.grad(value, t, create_graph=True)
        t = t - value / slope
    return t


def _softplus(z):
    return -torch.nn.functional.logsigmoid(-z)


@oracle(
    exact={"temperature": 0.5},
    cases=(
        {"k": 1, "alpha": 1.0},
        {"k": 2.5, "ignore": "B L"},
        {"k": "B", "alpha": 3.0},
        {"normalize": False},
    ),
    sparse=("ignore",),
)
def soft_top_k_loss(
    x,
    y,
    positive,
    ignore=None,
    *,
    k=5,
    alpha=2.0,
    temperature=0.05,
    normalize=True,
    reduction="mean",
):
    """Logarithms of the sigmoids of the labels of a sample, shifted to the sum k."""
    x, y = unit(x, normalize), unit(y, normalize)
    losses = []
    for i in range(len(x)):
        seen = [j for j in range(len(y)) if ignore is None or not ignore[i, j]]
        s = y[seen] @ x[i] / temperature
        labels = [place for place, j in enumerate(seen) if positive[i, j]]
        z = alpha * (s + _shift(s, float(k[i] if torch.is_tensor(k) and k.ndim else k), alpha))
        losses.append(_softplus(-z[labels]).sum() / max(1, len(labels)))
    return reduce(torch.stack(losses), None, reduction)


@oracle(cases=({"temperature": 0.5}, {"temperature": 0.5, "reduction": "none"}))
def hydra(z, gates, labels, pair_labels, *, temperature=0.1, reduction="mean"):
    """Gated rows of each anchor: every positive against the rows of neither class."""
    losses, pairs = [], 0
    for i in range(len(z)):
        gated = unit(unit(z) * unit(gates[i]))
        s = gated @ gated[i] / temperature
        both = int(labels[i]), int(pair_labels[i])
        negatives = s[[k for k in range(len(z)) if int(labels[k]) not in both]]
        total = 0 * s.sum()
        for j in range(len(z)):
            if int(labels[j]) == both[1]:
                pairs += 1
                total = total + torch.logsumexp(torch.cat([s[j : j + 1], negatives]), 0) - s[j]
        losses.append(total)
    return reduce(torch.stack(losses) * len(z) / pairs, None, reduction)


@oracle(cases=({"temperature": 0.1}, {"normalize": False}))
def adameow(x, y, w1, b1, w2, b2, *, temperature=0.4, normalize=True, reduction="mean"):
    """The match, which has no weight, against all candidates with the weights of a network."""
    x, y = unit(x, normalize), unit(y, normalize)
    losses = []
    for i in range(len(x)):
        terms = []
        for j in range(len(y)):
            logit = torch.tanh((x[i] + y[j]) @ w1 + b1) @ w2 + b2
            terms.append(x[i] @ y[j] / temperature + torch.nn.functional.logsigmoid(logit))
        losses.append(torch.logsumexp(torch.stack(terms), 0) - x[i] @ y[i] / temperature)
    return reduce(torch.stack(losses), None, reduction)

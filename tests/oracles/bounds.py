"""Naive bounds on mutual information, from the matrix of scores."""

import math

from .conventions import unit
from .registry import oracle, torch


def softplus(x):
    """log(1 + e^x)."""
    return torch.nn.functional.softplus(x)


def _matrix(scores, temperature, normalize):
    """Scores over the temperature, of embeddings or as they are."""
    if scores.ndim == 3:
        x, y = unit(scores[0], normalize), unit(scores[1], normalize)
        scores = x @ y.T
    return scores / temperature


def _others(s):
    """Scores of different samples, row by row."""
    n = s.shape[0]
    return torch.stack([s[i, j] for i in range(n) for j in range(n) if i != j])


@oracle(cases=({"scores": "B B"}, {"temperature": 0.5}, {"normalize": False}))
def info_nce_bound(scores, *, temperature=1.0, normalize=True):
    s = _matrix(scores, temperature, normalize)
    n = s.shape[0]
    return math.log(n) + sum(s[i, i] - torch.logsumexp(s[i], 0) for i in range(n)) / n


@oracle(cases=({"scores": "B B"}, {"temperature": 0.5}, {"normalize": False}))
def dv_bound(scores, *, temperature=1.0, normalize=True):
    s = _matrix(scores, temperature, normalize)
    others = _others(s)
    return s.diagonal().mean() - torch.logsumexp(others, 0) + math.log(others.shape[0])


@oracle(cases=({"scores": "B B"}, {"temperature": 0.5}, {"normalize": False}), overflows={})
def nwj_bound(scores, *, temperature=1.0, normalize=True):
    s = _matrix(scores, temperature, normalize)
    return s.diagonal().mean() - torch.exp(_others(s) - 1).mean()


@oracle(cases=({"scores": "B B"}, {"temperature": 0.5}, {"normalize": False}))
def tuba_bound(scores, log_baseline, *, temperature=1.0, normalize=True):
    s = _matrix(scores, temperature, normalize)
    a = log_baseline
    return 1 + (s.diagonal() - a).mean() - torch.exp(_others(s - a[:, None])).mean()


@oracle(
    cases=(
        {"scores": "B B"},
        {"temperature": 0.5},
        {"normalize": False},
        {"estimate": "nwj"},
        {"estimate": "nwj", "scores": "B B"},
    ),
    overflows={"estimate": "nwj"},
)
def jsd_bound(scores, *, estimate="jsd", temperature=1.0, normalize=True):
    s = _matrix(scores, temperature, normalize)
    value = -softplus(-s.diagonal()).mean() - softplus(_others(s)).mean()
    if estimate == "jsd":
        return value
    reported = nwj_bound(scores, temperature=temperature, normalize=normalize)
    return value - value.detach() + reported.detach()


@oracle(
    cases=(
        {"scores": "B B"},
        {"temperature": 0.5},
        {"normalize": False},
        {"clip": 0.3, "scores": "B B"},
        {"clip": 0.3, "surrogate": None},
        {"clip": 0.7, "surrogate": None, "scores": "B B"},
    )
)
def smile_bound(scores, *, clip=5.0, surrogate="jsd", temperature=1.0, normalize=True):
    s = _matrix(scores, temperature, normalize)
    others = _others(s).clamp(-clip, clip)
    value = s.diagonal().mean() - torch.logsumexp(others, 0) + math.log(others.shape[0])
    if surrogate is None:
        return value
    trained = jsd_bound(scores, temperature=temperature, normalize=normalize)
    return trained - trained.detach() + value.detach()


@oracle(cases=({"scores": "B B"}, {"temperature": 0.5}, {"normalize": False}))
def flo_bound(scores, u, *, temperature=1.0, normalize=True):
    s = _matrix(scores, temperature, normalize)
    n, total = s.shape[0], 0.0
    for i in range(n):
        inner = sum(torch.exp(s[i, j] - s[i, i] - u[i]) for j in range(n) if j != i)
        total = total + u[i] + inner / (n - 1) - 1
    return -total / n


@oracle(cases=({"scores": "B B"}, {"temperature": 0.5}, {"normalize": False}))
def club_bound(scores, *, temperature=1.0, normalize=True):
    s = _matrix(scores, temperature, normalize)
    return s.diagonal().mean() - s.mean()

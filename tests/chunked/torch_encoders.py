"""Small encoders of torch, their batches, and a loss that torch differentiates."""

import numpy as np
import torch
from torch import nn

B, WIDTH, D = 8, 5, 3


def mlp(*more, dtype=torch.float64):
    """An encoder with fixed first parameters; `more` stands before its nonlinearity."""
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(WIDTH, 7), *more, nn.Tanh(), nn.Linear(7, D)).to(dtype)


def two_batches():
    """Inputs of two views."""
    return list(torch.from_numpy(np.random.default_rng(0).normal(size=(2, B, WIDTH))))


def info_nce(x, y, temperature=0.07):
    """The loss in torch's own operations."""
    scores = nn.functional.normalize(x) @ nn.functional.normalize(y).T / temperature
    labels = torch.arange(len(x))
    cross_entropy = nn.functional.cross_entropy
    return (cross_entropy(scores, labels) + cross_entropy(scores.T, labels)) / 2

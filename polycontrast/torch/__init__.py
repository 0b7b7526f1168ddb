"""Objectives in torch.

Calls on tensors are differentiable as they are; here are modules for training.
"""

from polycontrast.torch.loss import Learnable, Loss

__all__ = ["Learnable", "Loss"]

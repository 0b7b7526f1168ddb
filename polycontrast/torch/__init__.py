"""Objectives in torch.

Calls on tensors are differentiable as they are; here are modules and steps for training.
"""

from polycontrast.torch.chunked import chunked_step
from polycontrast.torch.loss import Learnable, Loss

__all__ = ["Learnable", "Loss", "chunked_step"]

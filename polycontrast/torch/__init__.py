"""Modules, training steps and heads of alignments for torch.

Objectives are differentiable on tensors without this package.
"""

from polycontrast.torch.chunked import chunked_loss, chunked_step
from polycontrast.torch.heads import heads
from polycontrast.torch.loss import Learnable, Loss

__all__ = ["Learnable", "Loss", "chunked_loss", "chunked_step", "heads"]

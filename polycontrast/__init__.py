"""Contrastive losses for any array, any number of views, with closed-form gradients."""

from polycontrast.losses import (
    cube_logits,
    cube_loss,
    cyclip,
    dcl,
    geometric_consistency,
    info_nce,
    multi_crop,
    mv_dhel,
    nt_xent,
    pairwise_sum,
    poly_view,
    sigmoid_contrastive,
    sufficient_statistics,
)
from polycontrast.metrics import alignment, recall_at_k, uniformity
from polycontrast.objective import Objective, objective, objectives
from polycontrast.planning import plan

__version__ = "0.1.0"

__all__ = [
    "Objective",
    "alignment",
    "cube_logits",
    "cube_loss",
    "cyclip",
    "dcl",
    "geometric_consistency",
    "info_nce",
    "multi_crop",
    "mv_dhel",
    "nt_xent",
    "objective",
    "objectives",
    "pairwise_sum",
    "plan",
    "poly_view",
    "recall_at_k",
    "sigmoid_contrastive",
    "sufficient_statistics",
    "uniformity",
]

"""Contrastive losses for any array, any number of views, with closed-form gradients."""

from polycontrast.losses import (
    average_view,
    cube_logits,
    cube_loss,
    cyclip,
    dcl,
    dhel,
    geometric_consistency,
    gram_loss,
    gram_volume,
    info_nce,
    matching_gap,
    multi_crop,
    multiview_coding,
    mv_dhel,
    mv_info_nce,
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
    "dhel",
    "geometric_consistency",
    "gram_loss",
    "gram_volume",
    "info_nce",
    "matching_gap",
    "average_view",
    "multi_crop",
    "multiview_coding",
    "mv_dhel",
    "mv_info_nce",
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

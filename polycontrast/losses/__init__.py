"""The objectives, one family a folder, one objective (or a few close kin) a file."""

from polycontrast.losses.cube import cube_logits, cube_loss, matching_gap
from polycontrast.losses.poly_view import (
    average_view,
    multi_crop,
    multiview_coding,
    mv_dhel,
    mv_info_nce,
    pairwise_sum,
    poly_view,
    sufficient_statistics,
)
from polycontrast.losses.structure import cyclip, geometric_consistency
from polycontrast.losses.two_view import dcl, dhel, info_nce, nt_xent, sigmoid_contrastive
from polycontrast.losses.volume import gram_loss, gram_volume

__all__ = [
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
    "pairwise_sum",
    "poly_view",
    "sigmoid_contrastive",
    "sufficient_statistics",
]

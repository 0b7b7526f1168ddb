"""The objectives, one family a folder, one objective (or a few close kin) a file."""

from polycontrast.losses.cube import cube_logits, cube_loss
from polycontrast.losses.poly_view import (
    multi_crop,
    mv_dhel,
    pairwise_sum,
    poly_view,
    sufficient_statistics,
)
from polycontrast.losses.structure import cyclip, geometric_consistency
from polycontrast.losses.two_view import dcl, info_nce, nt_xent, sigmoid_contrastive

__all__ = [
    "cube_logits",
    "cube_loss",
    "cyclip",
    "dcl",
    "geometric_consistency",
    "info_nce",
    "multi_crop",
    "mv_dhel",
    "nt_xent",
    "pairwise_sum",
    "poly_view",
    "sigmoid_contrastive",
    "sufficient_statistics",
]

"""Parts that several losses share, above the matrix of similarities."""

from polycontrast.contrast.by_label import by_label
from polycontrast.contrast.debiased import debiased
from polycontrast.contrast.joint_rows import JointRows
from polycontrast.contrast.missing_views import MissingViews
from polycontrast.contrast.other_items import other_items, where_some
from polycontrast.contrast.view_blocks import (
    block_logsumexp,
    diagonal,
    on_diagonal,
    same_view,
    view_pairs,
)
from polycontrast.contrast.weighted_sum import weighted_sum

__all__ = [
    "JointRows",
    "MissingViews",
    "block_logsumexp",
    "by_label",
    "debiased",
    "diagonal",
    "on_diagonal",
    "other_items",
    "same_view",
    "view_pairs",
    "weighted_sum",
    "where_some",
]

"""Parts that several losses share, above the matrix of similarities."""

from polycontrast.contrast.joint_rows import JointRows
from polycontrast.contrast.label_softmax import label_softmax, less_mean, on_temperature
from polycontrast.contrast.missing_views import MissingViews
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
    "diagonal",
    "label_softmax",
    "less_mean",
    "on_diagonal",
    "on_temperature",
    "same_view",
    "view_pairs",
    "weighted_sum",
]

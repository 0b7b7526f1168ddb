"""Parts that several losses share, above the matrix of similarities."""

from polycontrast.contrast.blocks_of_rows import row_blocks
from polycontrast.contrast.by_label import by_label
from polycontrast.contrast.codes import codes
from polycontrast.contrast.companion_targets import CompanionTargets
from polycontrast.contrast.debiased import debiased
from polycontrast.contrast.hardest import hardest_negatives
from polycontrast.contrast.joint_rows import JointRows
from polycontrast.contrast.kernel_means import log_kernel_sums, log_mean_kernel
from polycontrast.contrast.label_softmax import label_softmax, less_mean, rescaled
from polycontrast.contrast.mean_cross_entropy import mean_cross_entropy
from polycontrast.contrast.missing_views import MissingViews
from polycontrast.contrast.neighbours import nearest, nearest_neighbours
from polycontrast.contrast.on_temperature import on_temperature
from polycontrast.contrast.other_items import (
    count_others,
    count_pairs,
    is_there,
    other_items,
    where_some,
)
from polycontrast.contrast.soft_mean import SoftMean
from polycontrast.contrast.squared_distances import SquaredDistances, centred
from polycontrast.contrast.targets import SoftContrast, Targets
from polycontrast.contrast.view_blocks import (
    block_logsumexp,
    diagonal,
    on_diagonal,
    same_view,
    view_pairs,
)
from polycontrast.contrast.weighted_sum import as_given, weighted_sum

__all__ = [
    "CompanionTargets",
    "JointRows",
    "MissingViews",
    "SoftContrast",
    "SoftMean",
    "SquaredDistances",
    "Targets",
    "as_given",
    "block_logsumexp",
    "codes",
    "by_label",
    "centred",
    "count_others",
    "count_pairs",
    "debiased",
    "diagonal",
    "hardest_negatives",
    "is_there",
    "label_softmax",
    "less_mean",
    "log_kernel_sums",
    "log_mean_kernel",
    "mean_cross_entropy",
    "nearest",
    "nearest_neighbours",
    "on_diagonal",
    "on_temperature",
    "other_items",
    "rescaled",
    "row_blocks",
    "same_view",
    "view_pairs",
    "weighted_sum",
    "where_some",
]

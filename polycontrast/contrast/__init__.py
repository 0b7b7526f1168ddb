"""Parts that several losses share, above the matrix of similarities."""

from polycontrast.contrast.debiased import debiased
from polycontrast.contrast.distances.full_distances import full_distances
from polycontrast.contrast.distances.kernel_means import log_kernel_sums, log_mean_kernel
from polycontrast.contrast.distances.squared_distances import SquaredDistances, centred
from polycontrast.contrast.labels.by_label import by_label
from polycontrast.contrast.labels.label_softmax import label_softmax, less_mean, rescaled
from polycontrast.contrast.labels.mean_cross_entropy import mean_cross_entropy
from polycontrast.contrast.on_temperature import on_temperature
from polycontrast.contrast.queues.blocks_of_rows import row_blocks
from polycontrast.contrast.queues.hardest import hardest_negatives, most_similar, unit_of_products
from polycontrast.contrast.queues.neighbours import nearest, nearest_neighbours
from polycontrast.contrast.soft_mean import SoftMean
from polycontrast.contrast.soft_targets.codes import codes
from polycontrast.contrast.soft_targets.companion_targets import CompanionTargets
from polycontrast.contrast.soft_targets.targets import SoftContrast, Targets
from polycontrast.contrast.views.joint_rows import JointRows
from polycontrast.contrast.views.missing_views import MissingViews
from polycontrast.contrast.views.other_items import (
    count_others,
    count_pairs,
    is_there,
    other_items,
    where_some,
)
from polycontrast.contrast.views.view_blocks import (
    block_logsumexp,
    diagonal,
    on_diagonal,
    same_view,
    view_pairs,
)
from polycontrast.contrast.weighted_sum import as_given, weighted_sum

__all__ = [
    "full_distances",
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
    "most_similar",
    "nearest",
    "nearest_neighbours",
    "on_diagonal",
    "on_temperature",
    "other_items",
    "rescaled",
    "row_blocks",
    "same_view",
    "unit_of_products",
    "view_pairs",
    "weighted_sum",
    "where_some",
]

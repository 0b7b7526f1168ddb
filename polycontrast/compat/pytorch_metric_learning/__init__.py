"""Losses of pytorch-metric-learning."""

from polycontrast.compat.pytorch_metric_learning.margins import (
    CircleLoss,
    ContrastiveLoss,
    MultiSimilarityLoss,
    TripletMarginLoss,
    VICRegLoss,
)
from polycontrast.compat.pytorch_metric_learning.proxies import (
    NormalizedSoftmaxLoss,
    ProxyAnchorLoss,
    ProxyNCALoss,
)
from polycontrast.compat.pytorch_metric_learning.softmaxes import (
    NCALoss,
    NPairsLoss,
    NTXentLoss,
    SelfSupervisedLoss,
    SupConLoss,
)

__all__ = [
    "CircleLoss",
    "ContrastiveLoss",
    "MultiSimilarityLoss",
    "NCALoss",
    "NPairsLoss",
    "NTXentLoss",
    "NormalizedSoftmaxLoss",
    "ProxyAnchorLoss",
    "ProxyNCALoss",
    "SelfSupervisedLoss",
    "SupConLoss",
    "TripletMarginLoss",
    "VICRegLoss",
]

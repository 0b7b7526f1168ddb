"""Lazy similarity matrices: what S is, which pairs count, the plan and the walk."""

from polycontrast.similarity.blocks import (
    block_logsumexp,
    diagonal,
    on_diagonal,
    same_view,
    view_pairs,
)
from polycontrast.similarity.matrix import Similarity
from polycontrast.similarity.pairs import (
    Every,
    Groups,
    Labels,
    Mask,
    OtherRows,
    OtherSamples,
    OtherViews,
    Present,
    Rule,
)
from polycontrast.similarity.per_anchor import PerAnchor
from polycontrast.similarity.plan import Plan
from polycontrast.similarity.presence import Presence
from polycontrast.similarity.pulled import Pulled
from polycontrast.similarity.scores import RestMean, Root, Score, Volume

__all__ = [
    "Every",
    "Groups",
    "Labels",
    "Mask",
    "OtherRows",
    "OtherSamples",
    "OtherViews",
    "PerAnchor",
    "Plan",
    "Presence",
    "Present",
    "Pulled",
    "RestMean",
    "Root",
    "Rule",
    "Score",
    "Similarity",
    "Volume",
    "block_logsumexp",
    "diagonal",
    "on_diagonal",
    "same_view",
    "view_pairs",
]

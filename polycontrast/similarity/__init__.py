"""Lazy similarity matrices: what S is, which pairs count, the plan and the walk."""

from polycontrast.similarity.blocks import (
    ViewBlocks,
    diagonal,
    earlier_views,
    on_diagonal,
    other_views,
)
from polycontrast.similarity.matrix import Pulled, Similarity
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
from polycontrast.similarity.plan import Plan
from polycontrast.similarity.scores import NegativeRoot, Root, Score

__all__ = [
    "Every",
    "Groups",
    "Labels",
    "Mask",
    "NegativeRoot",
    "OtherRows",
    "OtherSamples",
    "OtherViews",
    "Plan",
    "Present",
    "Pulled",
    "Root",
    "Rule",
    "Score",
    "Similarity",
    "ViewBlocks",
    "diagonal",
    "earlier_views",
    "on_diagonal",
    "other_views",
]

"""Statistics of similarity matrices that are never stored whole."""

from polycontrast.similarity.matrix import MatrixGradients
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
from polycontrast.similarity.scores import PerAnchor, RestMean, Root, Score, Volume
from polycontrast.similarity.similarity import Similarity
from polycontrast.similarity.statistics import EXP, SOFTPLUS, Function

__all__ = [
    "EXP",
    "Every",
    "Function",
    "Groups",
    "Labels",
    "Mask",
    "MatrixGradients",
    "OtherRows",
    "OtherSamples",
    "OtherViews",
    "PerAnchor",
    "Plan",
    "Present",
    "RestMean",
    "Root",
    "Rule",
    "SOFTPLUS",
    "Score",
    "Similarity",
    "Volume",
]

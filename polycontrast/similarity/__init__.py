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
from polycontrast.similarity.readings import Map, Reading
from polycontrast.similarity.scores import PerAnchor, RestMean, Root, Score, Volume
from polycontrast.similarity.similarity import Similarity
from polycontrast.similarity.statistics import (
    EXP,
    SCORES,
    SOFTPLUS,
    CountedSum,
    Function,
    RunningExpSum,
    Sum,
)

__all__ = [
    "CountedSum",
    "EXP",
    "Every",
    "Function",
    "Groups",
    "Labels",
    "Map",
    "Mask",
    "MatrixGradients",
    "OtherRows",
    "OtherSamples",
    "OtherViews",
    "PerAnchor",
    "Plan",
    "Present",
    "Reading",
    "RestMean",
    "Root",
    "Rule",
    "SCORES",
    "SOFTPLUS",
    "Score",
    "RunningExpSum",
    "Similarity",
    "Sum",
    "Volume",
]

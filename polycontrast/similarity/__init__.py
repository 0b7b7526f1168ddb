"""Statistics of similarity matrices that are never stored whole."""

from polycontrast.similarity.companion import Companion
from polycontrast.similarity.full_rows import RowsGradients, full_rows, numbers_of_samples
from polycontrast.similarity.matrix import MatrixGradients
from polycontrast.similarity.rules.held_pairs import (
    Above,
    Cutoff,
    Labels,
    Listed,
    LogWeights,
    LogWeightsOf,
    Mask,
    NotTheMatch,
    Present,
)
from polycontrast.similarity.rules.pairs import (
    Every,
    Groups,
    OtherRows,
    OtherSamples,
    OtherViews,
    Rule,
    SameSample,
)
from polycontrast.similarity.scores import PerAnchor, RestMean, Root, Score, Volume
from polycontrast.similarity.similarity import Similarity
from polycontrast.similarity.small import off_diagonal, small_matrices
from polycontrast.similarity.statistics import (
    EXP,
    SCORES,
    SIGMOID,
    SOFTPLUS,
    CountedSum,
    Function,
    Largest,
    RunningExpSum,
    Sum,
)
from polycontrast.similarity.tiles.plan import Plan
from polycontrast.similarity.tiles.readings import Map, Reading, line

__all__ = [
    "Above",
    "CountedSum",
    "EXP",
    "Companion",
    "Cutoff",
    "Every",
    "Function",
    "Groups",
    "Labels",
    "Largest",
    "Listed",
    "LogWeights",
    "LogWeightsOf",
    "Map",
    "Mask",
    "MatrixGradients",
    "NotTheMatch",
    "OtherRows",
    "OtherSamples",
    "OtherViews",
    "PerAnchor",
    "Plan",
    "Present",
    "Reading",
    "RestMean",
    "Root",
    "RowsGradients",
    "Rule",
    "SCORES",
    "SIGMOID",
    "SOFTPLUS",
    "SameSample",
    "Score",
    "RunningExpSum",
    "Similarity",
    "Sum",
    "Volume",
    "full_rows",
    "line",
    "numbers_of_samples",
    "off_diagonal",
    "small_matrices",
]

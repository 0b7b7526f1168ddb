"""Losses of Sentence Transformers, around a model or of embeddings."""

from polycontrast.compat.sentence_transformers.ranking import (
    GISTEmbedLoss,
    MatryoshkaLoss,
    MultipleNegativesRankingLoss,
    MultipleNegativesSymmetricRankingLoss,
)
from polycontrast.compat.sentence_transformers.scores import (
    AnglELoss,
    CoSENTLoss,
    DistillKLDivLoss,
    MarginMSELoss,
)
from polycontrast.compat.sentence_transformers.triplets import (
    BatchAllTripletLoss,
    BatchHardSoftMarginTripletLoss,
    BatchHardTripletLoss,
    BatchSemiHardTripletLoss,
)

__all__ = [
    "AnglELoss",
    "BatchAllTripletLoss",
    "BatchHardSoftMarginTripletLoss",
    "BatchHardTripletLoss",
    "BatchSemiHardTripletLoss",
    "CoSENTLoss",
    "DistillKLDivLoss",
    "GISTEmbedLoss",
    "MarginMSELoss",
    "MatryoshkaLoss",
    "MultipleNegativesRankingLoss",
    "MultipleNegativesSymmetricRankingLoss",
]

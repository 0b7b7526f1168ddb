"""Measures of embeddings: alignment, uniformity, retrieval, the gap between modalities."""

from polycontrast.metrics.alignment import alignment
from polycontrast.metrics.centroid_gap import centroid_gap
from polycontrast.metrics.retrieval import recall_at_k
from polycontrast.metrics.separability import linear_separability
from polycontrast.metrics.uniformity import uniformity

__all__ = ["alignment", "centroid_gap", "linear_separability", "recall_at_k", "uniformity"]

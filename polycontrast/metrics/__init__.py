"""How good embeddings are: alignment, uniformity, retrieval."""

from polycontrast.metrics.alignment import alignment
from polycontrast.metrics.retrieval import recall_at_k
from polycontrast.metrics.uniformity import uniformity

__all__ = ["alignment", "recall_at_k", "uniformity"]

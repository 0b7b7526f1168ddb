"""Measures of embeddings: alignment, uniformity, retrieval, the gap between modalities.

One measure per file, named as its file; those with a gradient are objectives.
"""

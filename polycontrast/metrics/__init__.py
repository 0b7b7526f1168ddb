"""Metrics.

Measures of quality that can be used as losses, too: alignment, uniformity, the gap of modalities.

One measure per file, named as its file; those with a gradient are objectives.
"""

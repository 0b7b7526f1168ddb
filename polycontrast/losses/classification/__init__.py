"""Classification.

Samples belong to classes, labels or clusters, which have scores or rows of their own.
"""

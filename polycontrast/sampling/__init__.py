"""Choices between steps, in NumPy: what is random takes a seed or a generator."""

from polycontrast.sampling.subclasses import balanced_assign, subclass_counts

__all__ = ["balanced_assign", "subclass_counts"]

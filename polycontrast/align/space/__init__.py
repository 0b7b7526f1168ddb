"""Embeddings that exist already: how well their views find one another, without training."""

from polycontrast.align.space.measures import Measured, measure_spaces
from polycontrast.align.space.spaces import Space, read_space

__all__ = ["Measured", "Space", "measure_spaces", "read_space"]

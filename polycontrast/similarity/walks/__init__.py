"""The walks over the tiles of a matrix: one file per strategy, all of one signature."""

from polycontrast.similarity.walks.choice import walk

__all__ = ["walk"]

"""The walks over the tiles of a matrix, one file for each strategy."""

from polycontrast.similarity.walks.choice import walk

__all__ = ["walk"]

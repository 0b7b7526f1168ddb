"""The walk over tiles: one tile body, several drivers."""

from polycontrast.similarity.walk.threads import BlockSums, rounds, walk

__all__ = ["BlockSums", "rounds", "walk"]

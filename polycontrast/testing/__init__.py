"""Checks of gradients and training steps that users can run on their own code."""

from polycontrast.testing.chunked import ChunkedReport, check_chunked
from polycontrast.testing.gradient import GradientCheck, GradientReport, check_gradient
from polycontrast.testing.ranks import RanksCheck, RanksReport, check_distributed

__all__ = [
    "ChunkedReport",
    "GradientCheck",
    "GradientReport",
    "RanksCheck",
    "RanksReport",
    "check_chunked",
    "check_distributed",
    "check_gradient",
]

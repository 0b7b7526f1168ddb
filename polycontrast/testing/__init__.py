"""Certificates that a user can run on their own objective, or on their own launcher."""

from polycontrast.testing.gradient import GradientCheck, GradientReport, check_gradient
from polycontrast.testing.ranks import RanksCheck, RanksReport, check_distributed

__all__ = [
    "GradientCheck",
    "GradientReport",
    "RanksCheck",
    "RanksReport",
    "check_distributed",
    "check_gradient",
]

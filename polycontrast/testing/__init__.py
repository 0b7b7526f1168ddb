"""Certificates that a user can run on code of their own."""

from polycontrast.testing.gradient import GradientCheck, GradientReport, check_gradient

__all__ = ["GradientCheck", "GradientReport", "check_gradient"]

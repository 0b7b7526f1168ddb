"""Certificates that a user can run on code of their own."""

from polycontrast.testing.chunked import ChunkedReport, check_chunked
from polycontrast.testing.gradient import GradientCheck, GradientReport, check_gradient

__all__ = ["ChunkedReport", "GradientCheck", "GradientReport", "check_chunked", "check_gradient"]

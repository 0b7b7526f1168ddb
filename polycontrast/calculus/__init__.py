"""Small differentiable pieces, each ``f(...) -> (out, back)``."""

from polycontrast.calculus.rest_mean import rest_mean
from polycontrast.calculus.sample_gram import sample_gram
from polycontrast.calculus.unit_rows import unit_rows

__all__ = ["rest_mean", "sample_gram", "unit_rows"]

"""Rivals of the objectives: the plain formula in each library, and losses of other packages.

A rival is one entry of `RIVALS`. Its library is imported when the rival is made, and not before.
"""

from polycontrast.bench.rivals.backends import BACKENDS
from polycontrast.bench.rivals.entries import FORMULAS, RIVALS, Rival, available

__all__ = ["BACKENDS", "FORMULAS", "RIVALS", "Rival", "available"]

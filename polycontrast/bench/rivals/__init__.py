"""What an objective is set beside: the plain formula in each library, and the losses of others.

A rival is one entry of `RIVALS`; its library is imported when it is made, and not before.
"""

from polycontrast.bench.rivals.backends import BACKENDS
from polycontrast.bench.rivals.entries import RIVALS, Rival, available

__all__ = ["BACKENDS", "RIVALS", "Rival", "available"]

"""Structure within and between modalities."""

from polycontrast.losses.structure.cyclip import cyclip
from polycontrast.losses.structure.geometric_consistency import geometric_consistency

__all__ = ["cyclip", "geometric_consistency"]

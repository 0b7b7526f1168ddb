"""n encoders, all B^n tuples."""

from polycontrast.losses.cube.cube_logits import cube_logits
from polycontrast.losses.cube.cube_loss import cube_loss
from polycontrast.losses.cube.matching_gap import matching_gap

__all__ = ["cube_logits", "cube_loss", "matching_gap"]

"""Volumes of the parallelotopes that a sample's views span."""

from polycontrast.losses.volume.gram_loss import gram_loss
from polycontrast.losses.volume.gram_volume import gram_volume

__all__ = ["gram_loss", "gram_volume"]

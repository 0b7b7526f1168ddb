"""Pictures of an alignment (needs matplotlib)."""

from polycontrast.plot.pictures import (
    Scene,
    curves_picture,
    page_pictures,
    projection_picture,
    recall_picture,
    summary_picture,
)

__all__ = [
    "Scene",
    "curves_picture",
    "page_pictures",
    "projection_picture",
    "recall_picture",
    "summary_picture",
]

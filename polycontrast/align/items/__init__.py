"""Items of files: mapped into a shared space, and searched among."""

from polycontrast.align.items.items import Items, mapped, read_items
from polycontrast.align.items.nearest import nearest

__all__ = ["Items", "mapped", "nearest", "read_items"]

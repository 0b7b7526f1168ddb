"""Exact gradients of a large batch whose encoders run in chunks (GradCache, BASIC)."""

from polycontrast.chunked.batches import Part, call, leaves, read_parts, take
from polycontrast.chunked.places import Places, learnable_names, registered

__all__ = [
    "Part",
    "Places",
    "call",
    "learnable_names",
    "leaves",
    "read_parts",
    "registered",
    "take",
]

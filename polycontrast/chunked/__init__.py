"""Exact gradients of a large batch whose encoders run in chunks (GradCache, BASIC)."""

from polycontrast.chunked.arguments import EmbeddingArguments, comm_of, learnable_names, registered
from polycontrast.chunked.batches import Part, call, count_rows, leaves, map_rows, read_parts, take
from polycontrast.chunked.gradient import grads_type, named, of_embeddings
from polycontrast.chunked.step import chunked_step, embed, get_state, set_state

__all__ = [
    "Part",
    "EmbeddingArguments",
    "call",
    "chunked_step",
    "comm_of",
    "count_rows",
    "embed",
    "get_state",
    "grads_type",
    "learnable_names",
    "leaves",
    "map_rows",
    "named",
    "of_embeddings",
    "read_parts",
    "registered",
    "set_state",
    "take",
]

"""JAX: steps of training whose encoders run in chunks."""

from polycontrast.jax.chunked import chunked_step

__all__ = ["chunked_step"]

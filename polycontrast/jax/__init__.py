"""Training steps for JAX.

Objectives are differentiable on tracers without this package.
"""

from polycontrast.jax.chunked import chunked_step

__all__ = ["chunked_step"]

"""Training steps and heads of alignments for JAX.

Objectives are differentiable on tracers without this package.
"""

from polycontrast.jax.chunked import chunked_step
from polycontrast.jax.heads import heads

__all__ = ["chunked_step", "heads"]

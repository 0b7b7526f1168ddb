"""Objectives in JAX.

Calls on tracers are differentiable as they are; here are steps for training.
"""

from polycontrast.jax.chunked import chunked_step

__all__ = ["chunked_step"]

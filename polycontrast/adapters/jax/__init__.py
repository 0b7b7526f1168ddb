"""Functions with a known pullback under JAX's transformations."""

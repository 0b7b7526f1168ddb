"""Functions with a known pullback in torch's automatic differentiation and its compiler."""

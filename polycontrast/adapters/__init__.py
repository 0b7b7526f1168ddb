"""Adapters by which frameworks differentiate and trace a function whose pullback is known."""

"""The full signature and the full docstring of an objective, as `help` shows them."""

"""Training: what is minimised, from which start, on which rows, and when it stops."""

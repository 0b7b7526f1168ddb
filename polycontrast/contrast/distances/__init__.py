"""Distances and kernels of rows, from inner products."""

"""Kernels.

Distances and kernels of rows in place of logits: transport costs, divergences, joint entropies.
"""

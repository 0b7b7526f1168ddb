"""Additions for CuPy arrays: fused kernels, and matrix products in a stated precision.

CuPy is imported only when one of its arrays is given.
"""

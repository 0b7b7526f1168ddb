"""What CuPy arrays get beyond the standard: fused kernels, and products of a stated precision.

Nothing here imports CuPy before one of its arrays arrives.
"""

"""Kernels on a processor, for all tests of this folder."""

from processor import on_processor

__all__ = ["on_processor"]

"""Random choices that objectives take as arguments: NumPy arrays, from a seed or a generator."""

from polycontrast.sampling.mixing import sample_mixing

__all__ = ["sample_mixing"]

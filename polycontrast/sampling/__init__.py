"""Random choices that objectives take as arguments: NumPy arrays, from a seed or a generator."""

from polycontrast.sampling.mixing import sample_mixing
from polycontrast.sampling.permutations import sample_permutations

__all__ = ["sample_mixing", "sample_permutations"]

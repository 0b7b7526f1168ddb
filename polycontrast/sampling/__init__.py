"""Random choices that objectives take as arguments: NumPy arrays, from a seed or a generator."""

from polycontrast.sampling.mixing import sample_mixing, sample_negative_mixing
from polycontrast.sampling.permutations import sample_permutations
from polycontrast.sampling.propensity import ipw_probabilities

__all__ = [
    "ipw_probabilities",
    "sample_mixing",
    "sample_negative_mixing",
    "sample_permutations",
]

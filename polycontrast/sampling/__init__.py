"""Random choices that objectives take as arguments: NumPy arrays, from a seed or a generator."""

from polycontrast.sampling.hard_negatives import semi_hard_negatives
from polycontrast.sampling.mixing import mochi_mixing, sample_mixing, sample_negative_mixing
from polycontrast.sampling.propensity import ipw_probabilities

__all__ = [
    "ipw_probabilities",
    "mochi_mixing",
    "sample_mixing",
    "sample_negative_mixing",
    "semi_hard_negatives",
]

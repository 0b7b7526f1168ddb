"""Choices between steps, in NumPy: what is random takes a seed or a generator."""

from polycontrast.sampling.class_mixing import metrix_pairs
from polycontrast.sampling.clusters import cluster_batches, nested_clusters
from polycontrast.sampling.hard_negatives import semi_hard_negatives
from polycontrast.sampling.inflation import adainf_weights
from polycontrast.sampling.mixing import mochi_mixing, sample_mixing, sample_negative_mixing
from polycontrast.sampling.permutations import sample_permutations
from polycontrast.sampling.propensity import ipw_probabilities, sample_candidates
from polycontrast.sampling.subclasses import balanced_assign, subclass_counts
from polycontrast.sampling.target_mixing import supremix_lam

__all__ = [
    "adainf_weights",
    "balanced_assign",
    "cluster_batches",
    "ipw_probabilities",
    "metrix_pairs",
    "mochi_mixing",
    "nested_clusters",
    "sample_candidates",
    "sample_mixing",
    "sample_negative_mixing",
    "sample_permutations",
    "semi_hard_negatives",
    "subclass_counts",
    "supremix_lam",
]

"""Contrastive losses for any array, any number of views, with closed-form gradients.

Objectives and functions are imported when they are first used, so that importing the package takes
the same short time whatever the number of objectives.
"""

import importlib

from polycontrast import losses, metrics
from polycontrast.objective import Objective, objectives
from polycontrast.objective.catalogue import registry

__version__ = "0.1.0"

registry.announce(losses)
registry.announce(metrics)

# Public functions, and the rooms that hold them.
_FUNCTIONS = {
    "SphericalLayer": "states",
    "TrajectoryBuffer": "states",
    "adainf_weights": "sampling",
    "adaptive_temperature": "calculus",
    "assign_clusters": "states",
    "balanced_assign": "sampling",
    "bank_update": "states",
    "class_pair_gate": "calculus",
    "class_temperature": "states",
    "cluster_batches": "sampling",
    "cluster_means": "states",
    "concentration": "states",
    "contrastive_search_scores": "decoding",
    "ema": "states",
    "enqueue": "states",
    "gather_state": "states",
    "global_contrastive_step": "states",
    "hardest_negatives": "contrast",
    "ipw_probabilities": "sampling",
    "log_normalizer": "states",
    "m3id_logits": "decoding",
    "metrix_pairs": "sampling",
    "mochi_mixing": "sampling",
    "nearest_neighbours": "contrast",
    "nested_clusters": "sampling",
    "plan": "planning",
    "reweighting_head": "calculus",
    "ritual_logits": "decoding",
    "sample_auxiliary": "states",
    "sample_candidates": "sampling",
    "sample_mixing": "sampling",
    "sample_negative_mixing": "sampling",
    "sample_permutations": "sampling",
    "scatter_state": "states",
    "semi_hard_negatives": "sampling",
    "subclass_counts": "sampling",
    "supremix_lam": "sampling",
    "track_update": "states",
    "update_log_normalizer": "states",
    "update_log_u": "states",
    "update_temperature": "states",
    "vcd_logits": "decoding",
}

__all__ = ["Objective", "objectives", *sorted((*_FUNCTIONS, *registry.announced()))]


def __getattr__(name: str) -> object:
    """Import a public name on its first use."""
    if name in _FUNCTIONS:
        found = getattr(importlib.import_module(f"{__name__}.{_FUNCTIONS[name]}"), name)
    elif name in registry.announced():
        found = registry.load(name)
    else:
        hint = "" if name.startswith("_") else registry.known_as(name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}{hint}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """Names that `dir` and completion show."""
    return sorted({*globals(), *__all__})

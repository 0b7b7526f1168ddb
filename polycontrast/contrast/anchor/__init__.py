"""The contrast of anchors: blocks of candidates, joined and compared with positives."""

from polycontrast.contrast.anchor.contrast import Contrast
from polycontrast.contrast.anchor.logits import Grads, Logits
from polycontrast.contrast.anchor.margins import angular_margin, cosine_margin
from polycontrast.contrast.anchor.outer import cross_entropy, decoupled, focal
from polycontrast.contrast.anchor.terms import Linear, Term, mean_of_terms

__all__ = [
    "Contrast",
    "Grads",
    "Linear",
    "Logits",
    "Term",
    "angular_margin",
    "cosine_margin",
    "cross_entropy",
    "decoupled",
    "focal",
    "mean_of_terms",
]

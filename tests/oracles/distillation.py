"""Naive losses of predictions that several models or views share."""

from .registry import oracle
from .two_view import nt_xent
from .vision_language import mean_cross_entropy


@oracle(cases=({"weight": 0.4, "temperature": 0.5},))
def cdvg(x, y, logits_x, logits_y, labels, *, temperature=0.1, weight=1.0):
    """Classification of both images and their contrast."""
    classes = [mean_cross_entropy(logits, labels) for logits in (logits_x, logits_y)]
    return sum(classes) / 2 + weight * nt_xent(x, y, temperature=temperature)

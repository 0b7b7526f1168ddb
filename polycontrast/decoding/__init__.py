"""Logits and scores at generation time: plain functions of arrays, without gradients."""

from polycontrast.decoding.contrastive_search import contrastive_search_scores
from polycontrast.decoding.two_views import m3id_logits, ritual_logits, vcd_logits

__all__ = ["contrastive_search_scores", "m3id_logits", "ritual_logits", "vcd_logits"]

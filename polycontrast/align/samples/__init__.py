"""Which rows of the views are one thing, and which belong together."""

from polycontrast.align.samples.matching import Matched, match
from polycontrast.align.samples.recall import Pair, pair_of
from polycontrast.align.samples.samples import Samples, codes_of

__all__ = ["Matched", "Pair", "Samples", "codes_of", "match", "pair_of"]

"""Which rows of the views are one thing, and which belong together."""

from polycontrast.align.samples.matching import Matched, match
from polycontrast.align.samples.recall import Search, search_of
from polycontrast.align.samples.samples import Samples, check_mask, codes_of

__all__ = ["Matched", "Samples", "Search", "check_mask", "codes_of", "match", "search_of"]

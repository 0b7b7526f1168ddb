"""One shared space for several views of the same things."""

from polycontrast.align.closed_form.mcca import mcca
from polycontrast.align.errors import BadInput, MissingDependency
from polycontrast.align.estimator.aligner import Aligner
from polycontrast.align.estimator.splitter import ViewSplitter
from polycontrast.align.heads import Head, load_heads
from polycontrast.align.items.nearest import nearest
from polycontrast.align.training.tracking import Progress

__all__ = [
    "Aligner",
    "BadInput",
    "Head",
    "MissingDependency",
    "Progress",
    "ViewSplitter",
    "load_heads",
    "mcca",
    "nearest",
]

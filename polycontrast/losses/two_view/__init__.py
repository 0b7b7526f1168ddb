"""Two views, each row with its match in the other view."""

from polycontrast.losses.two_view.dcl import dcl
from polycontrast.losses.two_view.dhel import dhel
from polycontrast.losses.two_view.info_nce import info_nce
from polycontrast.losses.two_view.nt_xent import nt_xent
from polycontrast.losses.two_view.sigmoid_contrastive import sigmoid_contrastive

__all__ = ["dcl", "dhel", "info_nce", "nt_xent", "sigmoid_contrastive"]

"""Any number of views of the same samples."""

from polycontrast.losses.poly_view.average_view import average_view
from polycontrast.losses.poly_view.multi_crop import multi_crop
from polycontrast.losses.poly_view.multiview_coding import multiview_coding
from polycontrast.losses.poly_view.mv_dhel import mv_dhel
from polycontrast.losses.poly_view.mv_info_nce import mv_info_nce
from polycontrast.losses.poly_view.pairwise_sum import pairwise_sum
from polycontrast.losses.poly_view.poly_view import poly_view
from polycontrast.losses.poly_view.sufficient_statistics import sufficient_statistics

__all__ = [
    "average_view",
    "multi_crop",
    "multiview_coding",
    "mv_dhel",
    "mv_info_nce",
    "pairwise_sum",
    "poly_view",
    "sufficient_statistics",
]

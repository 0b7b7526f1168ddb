"""Small differentiable pieces, each ``f(...) -> (out, back)``.

Those that are public, a head, a gate and a temperature, return `out` alone: frameworks
differentiate them, and by hand their derivatives need no more than `out`.
"""

from polycontrast.calculus.adaptive_temperature import adaptive_temperature
from polycontrast.calculus.class_pair_gate import class_pair_gate
from polycontrast.calculus.columns import centred_columns, standard_columns
from polycontrast.calculus.gram_schmidt import gram_schmidt, heights, pull_qr, volume
from polycontrast.calculus.images import GaussianWindow, halved
from polycontrast.calculus.rest_mean import rest_mean
from polycontrast.calculus.reweighting_head import reweighting_head
from polycontrast.calculus.sample_gram import sample_gram
from polycontrast.calculus.sinkhorn import sinkhorn_codes
from polycontrast.calculus.softmax import cross_entropy, kl_divergence, log_softmax
from polycontrast.calculus.squared_products import column_squares, row_squares
from polycontrast.calculus.unit_rows import unit_rows
from polycontrast.calculus.whitening import inverse_root, whitened

__all__ = [
    "GaussianWindow",
    "adaptive_temperature",
    "centred_columns",
    "class_pair_gate",
    "column_squares",
    "cross_entropy",
    "gram_schmidt",
    "halved",
    "heights",
    "inverse_root",
    "kl_divergence",
    "log_softmax",
    "pull_qr",
    "rest_mean",
    "reweighting_head",
    "row_squares",
    "sample_gram",
    "sinkhorn_codes",
    "standard_columns",
    "unit_rows",
    "volume",
    "whitened",
]

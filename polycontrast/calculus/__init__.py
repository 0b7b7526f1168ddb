"""Small differentiable pieces, each ``f(...) -> (out, back)``."""

from polycontrast.calculus.gram_schmidt import gram_schmidt, heights, pull_qr, volume
from polycontrast.calculus.images import gaussian_window, halved, unwindowed, windowed
from polycontrast.calculus.rest_mean import rest_mean
from polycontrast.calculus.sample_gram import sample_gram
from polycontrast.calculus.sinkhorn import sinkhorn_codes
from polycontrast.calculus.softmax import cross_entropy, kl_divergence, log_softmax
from polycontrast.calculus.unit_rows import unit_rows
from polycontrast.calculus.whitening import inverse_root, whitened

__all__ = [
    "cross_entropy",
    "gaussian_window",
    "gram_schmidt",
    "halved",
    "heights",
    "inverse_root",
    "kl_divergence",
    "log_softmax",
    "pull_qr",
    "rest_mean",
    "sample_gram",
    "sinkhorn_codes",
    "unit_rows",
    "unwindowed",
    "volume",
    "whitened",
    "windowed",
]

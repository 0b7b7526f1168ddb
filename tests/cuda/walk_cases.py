"""Calls whose walks the kernels serve, or leave to the generic path."""

import numpy as np

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((2, 90, 6))
VIEWS = RNG.standard_normal((3, 90, 6))
LOG_U = RNG.standard_normal(90)

CASES = [
    ("info_nce", (X, Y), {}),
    ("info_nce", (X, Y), {"temperature": 1e-3}),
    ("info_nce", (X, Y), {"symmetric": False, "label_smoothing": 0.1}),
    ("info_nce", (X, Y), {"negatives": VIEWS[0], "reduction": "sum"}),
    ("nt_xent", (X, Y), {}),
    ("sigmoid_contrastive", (X, Y), {}),
    ("sigmoid_contrastive", (X, Y), {"bias": 0.3, "temperature": 0.01}),
    ("gamma_info_nce", (X, Y, LOG_U), {}),
    ("dcl", (X, Y), {}),
    ("dhel", (X, Y), {}),
    ("poly_view", (VIEWS,), {}),
    ("sufficient_statistics", (VIEWS,), {}),
    ("gram_loss", (X, VIEWS[:2]), {}),
    ("cube_loss", (VIEWS[:, :9],), {}),
]

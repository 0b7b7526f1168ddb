"""Naive sum of an objective over prefixes of the dimensions."""

from .registry import ORACLES, oracle


@oracle(
    exact={"dims": (4, 2)},
    cases=(
        {"weights": (0.3, 1.0), "temperature": 0.5},
        {"loss": "info_nce", "options": {"label_smoothing": 0.1}, "negatives": "K D"},
        {"negatives": "B K D", "dims": (2, 4, 3)},
        {"loss": "n_pair", "options": {"l2": 0.1}},
        {"loss": "cwcl", "temperature": 0.5},
    ),
)
def matryoshka(
    x,
    y,
    negatives=None,
    *,
    dims,
    weights=None,
    temperature=0.05,
    loss="multiple_negatives_ranking",
    options=None,
):
    """Each prefix on its own."""
    more = dict(options or {})
    if loss != "n_pair":
        more["temperature"] = temperature
    total = 0.0 * temperature * x.sum()
    for d, w in zip(dims, weights or (1.0,) * len(dims), strict=True):
        arrays = [t[..., :d] for t in (x, y, negatives) if t is not None]
        total = total + w * ORACLES[loss](*arrays, **more)
    return total

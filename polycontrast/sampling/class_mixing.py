"""Pairs of rows with class labels that are mixed."""

from typing import Any

import numpy as np

from polycontrast.arrays import as_floats, check_integers, describe, to_numpy
from polycontrast.sampling.seeds import generator_of

MODES = ("pos_neg", "anchor_neg")


def metrix_pairs(
    seed_or_generator: Any, labels: Any, *, mode: str, alpha: float = 2.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    r"""Draw which rows are mixed for which anchor, and their shares, for `metrix`.

    Parameters
    ----------
    seed_or_generator : int or numpy.random.Generator
    labels : integer array (B,)
        Class of each row.
    mode : {"pos_neg", "anchor_neg"}
        What is mixed with each row of another class than the anchor's: another row of the anchor's
        class, drawn once for each anchor; or the anchor itself.
    alpha : float, > 0, default 2.0
        Shares are from the distribution Beta(alpha, alpha).

    Returns
    -------
    anchor : integer array (K,)
    first : integer array (K,)
        Of the anchor's class.
    second : integer array (K,)
        Of another class.
    lam : float64 array (K,)
        Share of the first row.

    Raises
    ------
    TypeError
        When there is no seed and no NumPy generator, `labels` is no integer array, or `alpha` is no
        number.
    ValueError
        When `labels` has not one axis of at least 1 row, `mode` is neither word, or `alpha` is not
        finite and above 0.

    Notes
    -----
    K is the number of ordered pairs of rows of different classes. With ``"pos_neg"`` an anchor that
    is alone in its class has no mixture. The paper changes between both modes at random from batch
    to batch. Its code draws one share for a batch: give an array of one number for that.

    References
    ----------
    S. Venkataramanan, B. Psomas, E. Kijak, L. Amsaleg, K. Karantzalos, Y. Avrithis, "It Takes Two
    to Tango: Mixup for Deep Metric Learning", ICLR 2022, arXiv 2106.04990.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> anchor, first, second, lam = pc.metrix_pairs(0, np.asarray([4, 4, 7]), mode="pos_neg")
    >>> anchor.tolist(), first.tolist(), second.tolist(), lam.shape
    ([0, 1], [1, 0], [2, 2], (2,))
    """
    name = "metrix_pairs"
    rng = generator_of(name, seed_or_generator)
    check_integers(name, labels=labels)
    classes = to_numpy(labels)
    if classes.ndim != 1 or not classes.size:
        raise ValueError(f"{name}: labels must have shape (B,) with B > 0, got {classes.shape}")
    if not isinstance(mode, str) or mode not in MODES:
        raise ValueError(f"{name}: mode must be one of {MODES}, got {describe(mode)}")
    (alpha,) = as_floats(name, alpha=alpha)
    if not 0 < alpha < np.inf:
        raise ValueError(f"{name}: alpha must be finite and > 0, got {alpha}")
    anchor, second = np.nonzero(classes[:, None] != classes[None, :])
    first = anchor
    if mode == "pos_neg":
        other = _another_of_class(rng, classes)
        kept = other[anchor] >= 0
        anchor, second = anchor[kept], second[kept]
        first = other[anchor]
    return anchor, first, second, rng.beta(alpha, alpha, size=anchor.size)


def _another_of_class(rng: np.random.Generator, classes: np.ndarray) -> np.ndarray:
    """Another row of the class of each row, uniform; -1 where there is none."""
    _, number, sizes = np.unique(classes, return_inverse=True, return_counts=True)
    order = np.argsort(number, kind="stable")
    size, start = sizes[number[order]], (np.cumsum(sizes) - sizes)[number[order]]
    step = rng.integers(1, np.maximum(size, 2))
    other = order[start + (np.arange(order.size) - start + step) % size]
    found = np.empty(order.size, dtype=order.dtype)
    found[order] = np.where(size > 1, other, -1)
    return found

"""Contrastive search: likely tokens whose representations are new."""

import itertools
from typing import Any

from polycontrast.arrays import (
    Array,
    as_floats,
    check_floating,
    computing_dtype,
    infinite_to_nan,
    namespace,
    quiet,
    transpose,
)
from polycontrast.calculus import unit_rows


@quiet
def contrastive_search_scores(
    probs: Array, candidates: Array, context: Array, *, alpha: Any = 0.6
) -> Array:
    r"""Score of each candidate token: its probability, less its likeness to the text so far.

    .. math:: (1 - \alpha)\, p_k - \alpha \max_t \cos(h_k, c_t)

    Parameters
    ----------
    probs : array (..., K)
        Probabilities p of the K most likely tokens; 4 to 10 of them are usual.
    candidates : array (..., K, D)
        Hidden state h of each of these tokens, as the next one of the text.
    context : array (..., T, D)
        Hidden states c of the text so far. Leading axes of the three arrays broadcast.
    alpha : float in [0, 1], default 0.6
        Weight of the penalty. With 0 the search is greedy. The authors' value.

    Returns
    -------
    scores : array (..., K)
        In the dtype of `probs`, without a gradient. The next token is the one with the largest.

    Raises
    ------
    TypeError
        When an array is no real floating array, libraries differ, or `alpha` is no number.
    ValueError
        When shapes do not fit, there is no candidate or no text, or `alpha` is outside [0, 1].

    Notes
    -----
    The time of a step is O(K T D). A nan or an infinity makes the scores of its candidate nan, and
    one in the text those of all.

    References
    ----------
    Y. Su, N. Collier, "Contrastive Search Is What You Need For Neural Text Generation", TMLR 2023,
    arXiv 2210.14140. Y. Su, T. Lan, Y. Wang, D. Yogatama, L. Kong, N. Collier, "A Contrastive
    Framework for Neural Text Generation" (SimCTG), NeurIPS 2022, arXiv 2202.06417.

    Examples
    --------
    >>> import numpy as np, polycontrast as pc
    >>> probs, candidates = np.asarray([0.6, 0.4]), np.eye(2)
    >>> pc.contrastive_search_scores(probs, candidates, np.asarray([[3.0, 0.0]])).round(6).tolist()
    [-0.36, 0.16]
    """
    name = "contrastive_search_scores"
    check_floating(name, probs=probs, candidates=candidates, context=context)
    (alpha,) = as_floats(name, alpha=alpha)
    if not 0 <= alpha <= 1:
        raise ValueError(f"{name}: alpha must be in [0, 1], got {alpha:g}")
    p, h, c = (tuple(t.shape) for t in (probs, candidates, context))
    if not p or len(h) < 2 or len(c) < 2 or h[-2] != p[-1] or c[-1] != h[-1]:
        text = (
            "probs, candidates and context must have shapes (..., K), (..., K, D) and (..., T, D)"
        )
        raise ValueError(f"{name}: {text}, got {p}, {h} and {c}")
    if 0 in (*h[-2:], c[-2]):
        raise ValueError(f"{name}: candidates and context must not be empty, got {h} and {c}")
    leading = (reversed(shape) for shape in (p[:-1], h[:-2], c[:-2]))
    if any(len({*n} - {1}) > 1 for n in itertools.zip_longest(*leading, fillvalue=1)):
        text = "probs, candidates and context must have leading axes that broadcast"
        raise ValueError(f"{name}: {text}, got {p}, {h} and {c}")
    xp, dtype = namespace(probs), computing_dtype(probs)
    rows, text_rows = (unit_rows(xp.astype(t, dtype, copy=False))[0] for t in (candidates, context))
    cosines = xp.max(xp.matmul(rows, transpose(text_rows)), axis=-1)
    scores = (1 - alpha) * infinite_to_nan(xp.astype(probs, dtype, copy=False)) - alpha * cosines
    return xp.astype(scores, probs.dtype)

"""Cross-entropy of rows and of columns of a matrix, with the matches on its diagonal."""

from collections.abc import Callable
from typing import Any

from polycontrast.arrays import Array, sigmoid, softplus
from polycontrast.similarity import SCORES, MatrixGradients, Similarity

Back = Callable[[Array], tuple[Array, MatrixGradients]]


def both_ways(
    matrix: Similarity,
    positive: Array,
    label_smoothing: float,
    candidates: Callable[[], tuple[Any, Any]],
) -> tuple[Array, Back]:
    """Mean of both cross-entropies of each sample, and the pullback.

    Parameters
    ----------
    matrix : Similarity
        Logits of pairs that do not match.
    positive : array (B,)
        Logits of the matches.
    label_smoothing : float
        Share of the target that is spread over all candidates.
    candidates : callable
        Returns how many candidates a row and a column have, the match included; called for label
        smoothing only, because ranks exchange numbers for it.

    Returns
    -------
    losses : array (B,)
    back : callable
        From dL/dlosses to dL/dpositive and the gradients of the matrix.
    """
    rows, columns, pull = matrix.logsumexp()
    losses = (softplus(rows - positive) + softplus(columns - positive)) / 2
    count = candidates() if label_smoothing else (1, 1)
    if label_smoothing:
        *sums, sums_pull = matrix.sums_of(
            SCORES, share=lambda g: tuple(-label_smoothing / 2 * g / n for n in count)
        )
        mean = sum((s + positive) / n for s, n in zip(sums, count, strict=True))
        losses = losses + label_smoothing * (positive - mean / 2)

    def back(g: Array) -> tuple[Array, MatrixGradients]:
        p, c = g * sigmoid(rows - positive) / 2, g * sigmoid(columns - positive) / 2
        on_positive = -(p + c)
        pulled = pull(p, c)
        if label_smoothing:
            h = -label_smoothing * g / 2
            parts = zip(pulled[:4], sums_pull(g)[:4], strict=True)
            pulled = MatrixGradients(*(one + other for one, other in parts))
            on_positive = on_positive + label_smoothing * g + h / count[0] + h / count[1]
        return on_positive, pulled

    return losses, back

"""Cross-entropy of the rows of a class: a log-sum-exp minus the mean score of the positives."""

from collections.abc import Callable

from polycontrast.arrays import Array, inner, namespace
from polycontrast.similarity import CountedSum, MatrixGradients, Reading, Rule, Similarity

Losses = tuple[Array, Callable[[Array], tuple[Array, Array]]]


def less_mean(lse: Array, total: Array, count: Array) -> Losses:
    """Losses ``lse - total / count``, 0 where the count is 0.

    Parameters
    ----------
    lse : array
        Log-sum-exp of each anchor's candidates.
    total, count : array
        Sum of the scores of each anchor's positives, and their number.

    Returns
    -------
    losses : array
    back : callable
        From dL/dlosses to dL/dlse and dL/dtotal.
    """
    xp = namespace(lse)
    some = count > 0
    number = xp.where(some, count, xp.ones_like(count))
    losses = xp.where(some, lse - total / number, xp.zeros_like(lse))

    def back(g: Array) -> tuple[Array, Array]:
        g = xp.where(some, g, xp.zeros_like(g))
        return g, -g / number

    return losses, back


def label_softmax(
    matrix: Similarity, candidates: Rule, positives: Rule, columns: bool = True
) -> tuple[Array, Array | None, Callable[..., MatrixGradients]]:
    """Losses of the rows and of the columns of a matrix, from one product.

    Parameters
    ----------
    matrix : Similarity
    candidates, positives : Rule
        Pairs of the log-sum-exp, and those of the mean.
    columns : bool, default True
        Whether the columns are anchors too.

    Returns
    -------
    rows, columns : array
        `columns` is None where they are not asked for, and where both sides are the same rows.
    back : callable
        From the cotangents of both to `MatrixGradients`.
    """
    readings = Reading(matrix.exp_sum(), candidates), Reading(CountedSum(), positives)
    of_rows, of_columns, pull = matrix.read(*readings, columns=columns)
    rows, rows_back = less_mean(of_rows[0], *of_rows[1])
    if of_columns is None:
        return rows, None, lambda g: pull(rows_back(g))
    cols, cols_back = less_mean(of_columns[0], *of_columns[1])
    return rows, cols, lambda g, h: pull(rows_back(g), cols_back(h))


def rescaled(
    losses: Array, temperature: Array, base: float | None
) -> tuple[Array, Callable[[Array], Array]]:
    """The factor ``temperature / base`` of losses, and its part of the temperature's gradient.

    Parameters
    ----------
    losses : array
    temperature : 0-d array
    base : float or None
        None for a factor of 1.

    Returns
    -------
    factor : 0-d array
    of_temperature : callable
        From the cotangent of the scaled losses.
    """
    if base is None:
        one = namespace(losses).ones_like(temperature)
        return one, lambda g: 0 * one
    return temperature / base, lambda g: inner(g, losses) / base

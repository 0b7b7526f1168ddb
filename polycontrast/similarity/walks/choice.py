"""The choice of the walk for a statistic of a matrix."""

from typing import Any

from polycontrast import arrays
from polycontrast.context import Settings, note_comparison
from polycontrast.similarity.matrix import Matrix
from polycontrast.similarity.statistics import Statistic
from polycontrast.similarity.walks import eager, one_tile, planned, ranks
from polycontrast.similarity.walks.job import Job


def walk(
    matrix: Matrix,
    statistic: Statistic,
    settings: Settings,
    what: str,
    columns: bool,
    ahead: tuple[Any, Any] | None = None,
) -> tuple[Any, Any, Any]:
    """Statistics of the rows and, with ``columns=True``, of the columns, and the pullback.

    Parameters
    ----------
    matrix, statistic, settings, what
        As in `Job`.
    columns : bool
        Whether to compute the statistic of the columns. In a symmetric matrix it is that of the
        rows, and None here.
    ahead : (rows, columns), optional
        Cotangents that the pullback will certainly get. Walks from Python then make the gradients
        of a sum in the same pass; others make two passes.
    """
    note_comparison()
    columns = columns and not matrix.symmetric
    if settings.comm is not None and not arrays.is_abstract(matrix.like):
        matrix.store()
        return ranks.walk(matrix, statistic, settings, what, columns)
    traced = any(map(arrays.is_traced, (matrix.like, arrays.prototype(matrix.y), matrix.scale)))
    job = Job(matrix, statistic, settings, what)
    if traced and job.several:
        from polycontrast.similarity.walks import compiled  # needs JAX

        return compiled.walk(job, columns)
    if ahead is not None and settings.comm is None:
        job.make_at_once()
    if arrays.is_abstract(matrix.like):
        return planned.walk(job, columns)
    if job.several or arrays.is_mapped(matrix.x) or arrays.is_mapped(matrix.y):
        return eager.walk(job, columns, ahead)
    matrix.store()
    return one_tile.walk(job, columns, ahead)

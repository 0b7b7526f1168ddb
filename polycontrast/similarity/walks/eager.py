"""Both passes over the tiles of a matrix, as Python loops."""

from collections.abc import Callable
from typing import Any

from polycontrast.similarity.matrix import MatrixGradients
from polycontrast.similarity.walks.blocks import KeptTiles, States
from polycontrast.similarity.walks.job import Job, Side
from polycontrast.similarity.walks.threads import walk as visit_tiles


def walk(job: Job, columns: bool, ahead: tuple[Any, Any] | None = None) -> tuple[Any, Any, Any]:
    """Statistics and their pullback; with cotangents `ahead`, both passes in one."""
    if ahead is not None:
        states, gradients = at_once(job, columns, ahead)
        ready = given_once(gradients, lambda: at_once(job, columns, ahead)[1])
        return *job.statistics(states, columns), ready
    states, kept = states_of(job, columns)
    rows, cols = job.statistics(states, columns)

    def back(g_rows: Any, g_columns: Any = None) -> MatrixGradients:
        return gradients_of(job, kept, (rows, g_rows), (cols, g_columns))

    return rows, cols, back


def given_once(found: Any, again: Callable[[], Any]) -> Callable[..., Any]:
    """A pullback to gradients that are known; a further call computes them again.

    Whoever calls it may overwrite what it returns.
    """
    kept = [found]
    return lambda *cotangents: kept.pop() if kept else again()


def states_of(job: Job, columns: bool) -> tuple[States, KeptTiles]:
    """States of each block of rows and of columns, and the tiles that were kept."""
    left, right = job.operands()
    kept, states, body = job.kept_tiles(), job.states(columns), job.body

    def visit(i: int, j: int) -> None:
        if job.skips(i, j):
            return
        x, y = left[i], right[j]
        room = kept.room(i, j, x.shape[0], y.shape[0])
        needed = states.needs_columns(i, j)
        of_rows, of_columns, keep = body.states(x, y, job.tile(i, j, x), needed, room)
        kept.put(i, j, keep)
        states.add(i, j, of_rows, of_columns)

    visit_tiles(job.tiles(), visit, job.workers)
    body.release()
    job.fill(states)
    return states, kept


def gradients_of(
    job: Job, kept: KeptTiles, rows: Side, columns: Side, only_rows: bool = False
) -> MatrixGradients:
    """Gradients from statistics and cotangents, of both sides or of the rows alone.

    Parameters
    ----------
    job : Job
    kept : KeptTiles
        The tiles that the first pass kept.
    rows, columns : (statistic, cotangent)
    only_rows : bool, default False
    """
    left, right = job.operands()
    u, v = job.factors(rows, columns)
    gradients, body = job.gradients((left, right), only_rows), job.body

    def visit(i: int, j: int) -> None:
        if job.skips(i, j):
            return
        tile = job.tile(i, j, left[i])
        weights = body.weights(left[i], right[j], tile, kept.get(i, j), u[i], v[j])
        gradients.add(i, j, *weights)

    visit_tiles(job.tiles(), visit, job.workers)
    body.release()
    left = right = ()
    return gradients.joined()


def at_once(job: Job, columns: bool, ahead: tuple[Any, Any]) -> tuple[States, MatrixGradients]:
    """Sums and gradients in one pass: the derivative of a sum needs no sum."""
    left, right = job.operands()
    u, v = job.factors((None, ahead[0]), (None, ahead[1]))
    states, gradients, body = job.states(columns), job.gradients((left, right)), job.body

    def visit(i: int, j: int) -> None:
        if job.skips(i, j):
            return
        tile = job.tile(i, j, left[i])
        needed = states.needs_columns(i, j)
        of_rows, of_columns, weights = body.values_and_weights(
            left[i], right[j], tile, needed, u[i], v[j]
        )
        states.add(i, j, of_rows, of_columns)
        gradients.add(i, j, *weights)

    visit_tiles(job.tiles(), visit, job.workers)
    body.release()
    job.fill(states)
    left = right = ()
    return states, gradients.joined()

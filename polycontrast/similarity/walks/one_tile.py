"""Both passes over a matrix of a single tile: no blocks, no rounds, no threads."""

from typing import Any

from polycontrast import arrays
from polycontrast.arrays import Array, block, reusing
from polycontrast.similarity.matrix import Matrix, MatrixGradients
from polycontrast.similarity.walks.blocks import mapped
from polycontrast.similarity.walks.eager import given_once
from polycontrast.similarity.walks.job import Job, summed


def walk(job: Job, columns: bool, ahead: tuple[Any, Any] | None = None) -> tuple[Any, Any, Any]:
    """Statistics and their pullback; with cotangents `ahead`, both passes in one."""
    matrix, body, operand = job.matrix, job.body, job.body.multiplier.operand
    x, y = matrix.scaled()
    x, y = _rows(operand(x)), _rows(operand(y))
    tile = matrix.tile((0, matrix.samples[0]), (0, matrix.samples[1]), x)

    def factors(finished: Any, g: Any, as_rows: bool) -> Any:
        """Factors of rows or columns, shaped to broadcast against the tile."""
        if g is None:
            return None
        shape = (-1, 1) if as_rows else (1, -1)
        scaled = mapped(lambda t: t * matrix.scale, g)
        return mapped(lambda t: arrays.reshaped(t, shape), body.factors(scaled, finished))

    def both_factors(rows: Any, cols: Any, g_rows: Any, g_columns: Any) -> tuple[Any, Any]:
        if matrix.symmetric:
            cols, g_columns = rows, g_rows
        return factors(rows, g_rows, True), factors(cols, g_columns, False)

    def finished(state: Any, shape: tuple[int, ...]) -> Any:
        return mapped(lambda t: arrays.reshaped(t, shape), body.finish(state))

    if ahead is not None:
        u, v = both_factors(None, None, *ahead)

        def at_once() -> tuple[Any, Any, MatrixGradients]:
            with reusing(None):
                of_rows, of_columns, weights = body.values_and_weights(x, y, tile, columns, u, v)
                found = of_rows, of_columns, _gradients(job, job.matrix, *weights)
            del weights
            body.release()
            return found

        of_rows, of_columns, gradients = at_once()
        cols = finished(of_columns, matrix.column_shape) if columns else None
        ready = given_once(gradients, lambda: at_once()[2])
        return finished(of_rows, matrix.shape), cols, ready

    room = None
    if job.plan.keep and arrays.is_numpy(matrix.xp):  # kept, so it is no temporary
        room = block(x.shape[0] * y.shape[0], matrix.x.dtype).reshape(x.shape[0], y.shape[0])
    with reusing(None):
        of_rows, of_columns, tile_kept = body.states(x, y, tile, columns, room)
    rows = finished(of_rows, matrix.shape)
    cols = finished(of_columns, matrix.column_shape) if columns else None
    kept = tile_kept if job.plan.keep else None
    del tile_kept
    body.release()

    def back(g_rows: Any, g_columns: Any = None) -> MatrixGradients:
        u, v = both_factors(rows, cols, g_rows, g_columns)
        with reusing(None):
            gradients = _gradients(job, matrix, *body.weights(x, y, tile, kept, u, v))
        body.release()
        return gradients

    return rows, cols, back


def _rows(t: Array) -> Array:
    """Rows of all views as one matrix."""
    return arrays.reshaped(t, (-1, t.shape[2]))


def _gradients(
    job: Job,
    matrix: Matrix,
    weights: Array,
    on_rows: Array,
    on_columns: Array,
    of_companion: Array = None,
) -> MatrixGradients:
    """Gradients from dL/dproducts; the cotangents were multiplied by the scale."""
    multiplier, pulled = job.body.multiplier, matrix.pulled_companion()
    companion = None if pulled is None else _gradients(job, pulled, of_companion, None, None)
    reshape, depth = arrays.reshaped, matrix.x.shape[2]
    weights = multiplier.operand(weights)
    x, y = _rows(multiplier.operand(matrix.x)), _rows(multiplier.operand(matrix.y))
    # `added` makes an array that is no temporary of the tile.
    gx = reshape(multiplier.added(None, weights, y), (*matrix.x_shape, depth))
    gy = of_rows = of_columns = None
    if not (matrix.symmetric or matrix.held_columns):
        gy = multiplier.added(None, arrays.transpose(weights), x)
        gy = reshape(gy, (*matrix.y_shape, depth))
    if matrix.has_sums:  # offsets are not scaled
        of_rows = reshape(summed(on_rows, 1), matrix.shape) / matrix.scale
        if not matrix.symmetric:
            of_columns = reshape(summed(on_columns, 0), matrix.column_shape) / matrix.scale
    return MatrixGradients(gx, gy, of_rows, of_columns, companion)

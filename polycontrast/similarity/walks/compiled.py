"""Both passes over a matrix as compiled loops: its statistics, then the gradients.

The loop carries states and gradients of all samples, and each tile replaces the entries of its own
samples. A symmetric matrix takes two loops, one for the tiles of the diagonal and one for those
above it, so half of the tiles are computed here too.
"""

import functools
import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from polycontrast.arrays import Array, transpose
from polycontrast.similarity.matrix import MatrixGradients, gradients_of_companion
from polycontrast.similarity.walks.blocks import empty_state
from polycontrast.similarity.walks.job import Job, Side, summed
from polycontrast.similarity.walks.scan import Indices, MovingTile, sweep

Named = dict[str, Any]


def walk(job: Job, columns: bool) -> tuple[Any, Any, Any]:
    """Statistics of rows and, with ``columns=True``, of columns, and the pullback."""
    matrix, body = job.matrix, job.body
    left, right = matrix.scaled()
    states = {"rows": _neutral(body.statistic, left[: matrix.row_views, :, :])}
    if columns:
        states["columns"] = _neutral(body.statistic, right[: matrix.column_views, :, :])

    def visit(diagonal: bool, states: Named, tile: MovingTile, _: Any) -> tuple[Named, Any]:
        x, y = _flat(tile.of_rows(left, 1)), _flat(tile.of_columns(right, 1))
        needed = columns or (matrix.symmetric and not diagonal)
        of_rows, of_columns, keep = body.states(x, y, tile, needed)
        states = dict(states)

        def merge(name: str, state: Any, read: Any, put: Any) -> None:
            state = jax.tree.map(
                lambda whole, new: jnp.reshape(new, read(whole).shape), states[name], state
            )
            state = body.merge(jax.tree.map(read, states[name]), state)
            states[name] = jax.tree.map(put, states[name], state)

        merge("rows", of_rows, tile.of_rows, tile.put_rows)
        if needed:
            name = "columns" if columns else "rows"
            merge(name, of_columns, tile.of_columns, tile.put_columns)
        return states, keep if job.plan.keep else None

    kept = []
    for diagonal, indices in _loops(job):
        states, tiles = _sweep(job, indices, functools.partial(visit, diagonal), states)
        kept.append(tiles)

    def finished(name: str, shape: tuple[int, ...]) -> Any:
        return jax.tree.map(lambda t: jnp.reshape(t, shape), body.finish(states[name]))

    rows = finished("rows", matrix.shape)
    cols = finished("columns", matrix.column_shape) if columns else None

    def back(g_rows: Any, g_columns: Any = None) -> MatrixGradients:
        return _gradients(job, kept, (rows, g_rows), (cols, g_columns))

    return rows, cols, back


def _gradients(job: Job, kept: list[Any], rows: Side, columns: Side) -> MatrixGradients:
    """Gradients from statistics and cotangents."""
    matrix, body = job.matrix, job.body
    left, right = matrix.scaled()
    u, v = _factors(body, *rows), None
    if matrix.symmetric:
        v = u
    elif columns[1] is not None:
        v = _factors(body, *columns)
    # Names of the gradients and sums of the columns: those of the rows in a symmetric matrix.
    y_name, columns_name = ("x", "rows") if matrix.symmetric else ("y", "columns")
    shapes = {"x": left.shape}
    if not matrix.held_columns:
        shapes[y_name] = right.shape
    pulled = matrix.pulled_companion()
    if pulled is not None:
        shapes |= {"companion x": pulled.x.shape, "companion y": pulled.y.shape}
    if matrix.has_sums:
        shapes["rows"] = (matrix.row_views, left.shape[1])
        shapes[columns_name] = (matrix.column_views, right.shape[1])
    grads = {name: jnp.zeros(shape, left.dtype) for name, shape in shapes.items()}
    # In a symmetric matrix both sides add to one gradient, and each has half of the scale.
    partners = right if matrix.symmetric else left

    def visit(diagonal: bool, grads: Named, tile: MovingTile, tiles: Any) -> tuple[Named, None]:
        x, y = _flat(tile.of_rows(left, 1)), _flat(tile.of_columns(right, 1))
        weights, on_rows, on_columns, *others = body.weights(
            x,
            y,
            tile,
            tiles,
            jax.tree.map(lambda f: jnp.reshape(tile.of_rows(f), (-1, 1)), u),
            jax.tree.map(lambda f: jnp.reshape(tile.of_columns(f), (1, -1)), v),
        )
        grads = dict(grads)

        def add(name: str, part: Array, read: Any, put: Any) -> None:
            old = read(grads[name], 1)
            grads[name] = put(grads[name], old + jnp.reshape(part, old.shape), 1)

        add("x", jnp.matmul(weights, y), tile.of_rows, tile.put_rows)
        if pulled is not None:
            x, y = _flat(tile.of_rows(pulled.x, 1)), _flat(tile.of_columns(pulled.y, 1))
            add("companion x", jnp.matmul(others[0], y), tile.of_rows, tile.put_rows)
            part = jnp.matmul(transpose(others[0]), x)
            add("companion y", part, tile.of_columns, tile.put_columns)
        if matrix.has_sums:
            add("rows", summed(on_rows, 1), tile.of_rows, tile.put_rows)
        if diagonal:
            return grads, None
        if not matrix.held_columns:
            partner = _flat(tile.of_rows(partners, 1))
            add(y_name, jnp.matmul(transpose(weights), partner), tile.of_columns, tile.put_columns)
        if matrix.has_sums:
            add(columns_name, summed(on_columns, 0), tile.of_columns, tile.put_columns)
        return grads, None

    for (diagonal, indices), tiles in zip(_loops(job), kept, strict=True):
        grads, _ = _sweep(job, indices, functools.partial(visit, diagonal), grads, tiles, (u, v))
    scale = jnp.sqrt(matrix.scale) if matrix.symmetric else matrix.scale
    # A side whose partners are the operands that hold the scale has it already.
    x = jnp.reshape(grads["x"], (*matrix.x_shape, -1)) * (scale if matrix.scales_rows else 1)
    y = on_rows = on_columns = None
    if "y" in grads:
        y = jnp.reshape(grads["y"], (*matrix.y_shape, -1)) * (1 if matrix.scales_rows else scale)
    if matrix.has_sums:
        on_rows = jnp.reshape(grads["rows"], matrix.shape)
        if not matrix.symmetric:
            on_columns = jnp.reshape(grads["columns"], matrix.column_shape)
    companion = None
    if pulled is not None:
        names = ("companion x", pulled.shape), ("companion y", pulled.y_shape)
        sides = (jnp.reshape(grads[n], (*shape, -1)) * matrix.scale for n, shape in names)
        companion = gradients_of_companion(*sides)
    return MatrixGradients(x, y, on_rows, on_columns, companion)


def _loops(job: Job) -> list[tuple[bool, Indices]]:
    """Tiles of each loop, and whether they are those of a symmetric matrix's diagonal."""
    rows, columns = len(job.row_blocks), len(job.column_blocks)
    if not job.matrix.symmetric:
        loops = [(False, [(i, j) for i in range(rows) for j in range(columns)])]
    else:
        above = [(i, j) for i in range(rows) for j in range(i + 1, rows)]
        loops = [(True, [(i, i) for i in range(rows)]), (False, above)]
    return [(diagonal, [t for t in tiles if not job.skips(*t)]) for diagonal, tiles in loops]


def _sweep(
    job: Job,
    indices: Indices,
    visit: Callable[..., Any],
    carry: Any,
    kept: Any = None,
    factors: Any = None,
) -> Any:
    if not indices:
        return carry, None
    plan, matrix = job.plan, job.matrix
    other = matrix.companion
    beside = None if other is None else (other.x, other.y, other.scale)
    like = matrix.x, matrix.y, matrix.scale, matrix.offsets, beside, kept, factors
    lengths = plan.rows, plan.columns
    return sweep(indices, lengths, plan.tile, plan.views, visit, carry, kept, like)


def _flat(block: Array) -> Array:
    """Rows of all views of a block as one matrix."""
    return jnp.reshape(block, (-1, block.shape[2]))


def _neutral(statistic: Any, t: Array) -> Any:
    """States (views, samples) of rows of `t` before any pair is counted."""
    state = empty_state(statistic, math.prod(t.shape[:2]), t)
    return jax.tree.map(lambda part: jnp.reshape(part, t.shape[:2]), state)


def _factors(body: Any, finished: Any, g: Any) -> Any:
    """Factors (views, samples) of rows or of columns."""
    factors = body.factors(g, finished)
    return jax.tree.map(lambda t: jnp.reshape(t, (-1, t.shape[-1])), factors)

"""Both passes over a matrix as compiled loops: its statistics, then the gradients.

States and gradients of all samples go from tile to tile, and each tile replaces the entries of its
own samples. Where rows meet themselves, one loop visits the tiles of the diagonal and a second one
those above it, so half of the tiles are visited here too.
"""

import functools
import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from polycontrast.arrays import Array, transpose
from polycontrast.similarity.walk.scan import MovingTile, Places, sweep

Named = dict[str, Any]


def reduce(
    matrix: Any, statistic: Any, columns: bool
) -> tuple[Array, Array | None, Callable[..., tuple[Array, ...]]]:
    """Statistics of rows, and of columns if wanted, and the pullback; see `Similarity.reduce`."""
    left, right = matrix.scaled()
    states = {"rows": _neutral(statistic, left)}
    if columns:
        collapses = matrix.score is not None and matrix.score.collapses
        states["columns"] = _neutral(statistic, right[:1, :, :] if collapses else right)

    def body(diagonal: bool, states: Named, tile: MovingTile, _: Any) -> tuple[Named, Any]:
        x, y = _flat(tile.of_rows(left, 1)), _flat(tile.of_columns(right, 1))
        of_rows, of_columns, keep = matrix.body.prepare(statistic, x, y, tile)
        states = dict(states)

        def merge(name: str, seen: Array, axis: int, read: Any, put: Any) -> None:
            state = jax.tree.map(
                lambda whole, new: jnp.reshape(new, read(whole).shape),
                states[name],
                statistic.reduce(seen, axis),
            )
            state = statistic.merge(jax.tree.map(read, states[name]), state)
            states[name] = jax.tree.map(put, states[name], state)

        merge("rows", of_rows, 1, tile.of_rows, tile.put_rows)
        if columns or (matrix.symmetric and not diagonal):
            name = "columns" if columns else "rows"
            merge(name, of_columns, 0, tile.of_columns, tile.put_columns)
        return states, keep if matrix.plan.keep else None

    kept = []
    for diagonal, places in _loops(matrix):
        states, tiles = _visit(matrix, places, functools.partial(body, diagonal), states)
        kept.append(tiles)
    rows = jnp.reshape(statistic.finish(states["rows"]), matrix.shape)
    cols = None
    if columns:
        cols = jnp.reshape(statistic.finish(states["columns"]), matrix.column_shape)

    def back(g_rows: Array, g_columns: Array | None = None) -> tuple[Array, ...]:
        return _pull(matrix, statistic, kept, (rows, g_rows), (cols, g_columns))

    return rows, cols, back


def _pull(
    matrix: Any,
    statistic: Any,
    kept: list[Any],
    rows: tuple[Array, Array],
    columns: tuple[Array | None, Array | None],
) -> tuple[Array, ...]:
    """The fields of `Pulled`; see `Similarity._pull`."""
    left, right = matrix.scaled()
    u, v = _factors(statistic, *rows), None
    if matrix.symmetric:
        v = u
    elif columns[1] is not None:
        v = _factors(statistic, *columns)
    # The names of gradients and sums that columns add to: one of each where rows meet themselves.
    y_name, columns_name = ("x", "rows") if matrix.symmetric else ("y", "columns")
    shapes = {"x": left.shape, y_name: right.shape}
    if matrix.sums:
        one = len(matrix.column_shape) == 1  # the views of a column became one score
        shapes |= {"rows": left.shape[:2]}
        shapes[columns_name] = (1 if one else right.shape[0], right.shape[1])
    grads = {name: jnp.zeros(shape, left.dtype) for name, shape in shapes.items()}
    # Where rows meet themselves both sides add to one gradient, and each has half of the scale.
    partners = right if matrix.symmetric else left

    def body(diagonal: bool, grads: Named, tile: MovingTile, tiles: Any) -> tuple[Named, None]:
        x, y = _flat(tile.of_rows(left, 1)), _flat(tile.of_columns(right, 1))
        weights, on_rows, on_columns = matrix.body.weights(
            statistic,
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
        if matrix.sums:
            add("rows", jnp.sum(on_rows, axis=1), tile.of_rows, tile.put_rows)
        if diagonal:
            return grads, None
        partner = _flat(tile.of_rows(partners, 1))
        add(y_name, jnp.matmul(transpose(weights), partner), tile.of_columns, tile.put_columns)
        if matrix.sums:
            add(columns_name, jnp.sum(on_columns, axis=0), tile.of_columns, tile.put_columns)
        return grads, None

    for (diagonal, places), tiles in zip(_loops(matrix), kept, strict=True):
        grads, _ = _visit(matrix, places, functools.partial(body, diagonal), grads, tiles, (u, v))
    scale = jnp.sqrt(matrix.scale) if matrix.symmetric else matrix.scale
    x = jnp.reshape(grads["x"], (*matrix.shape, -1)) * scale
    y = on_rows = on_columns = None
    if not matrix.symmetric:
        y = jnp.reshape(grads["y"], (*matrix.y_shape, -1))
    if matrix.sums:
        on_rows = jnp.reshape(grads["rows"], matrix.shape)
        if not matrix.symmetric:
            on_columns = jnp.reshape(grads["columns"], matrix.column_shape)
    return x, y, on_rows, on_columns


def _loops(matrix: Any) -> list[tuple[bool, Places]]:
    """Tiles of each loop, and whether they are those of a symmetric matrix's diagonal."""
    rows, columns = len(matrix.row_blocks), len(matrix.column_blocks)
    if not matrix.symmetric:
        return [(False, [(i, j) for i in range(rows) for j in range(columns)])]
    above = [(i, j) for i in range(rows) for j in range(i + 1, rows)]
    return [(True, [(i, i) for i in range(rows)]), (False, above)]


def _visit(
    matrix: Any,
    places: Places,
    body: Callable[..., Any],
    carry: Any,
    kept: Any = None,
    factors: Any = None,
) -> Any:
    plan, like = matrix.plan, (matrix.x, matrix.y, matrix.scale, matrix.offsets, kept, factors)
    lengths = plan.rows, plan.columns
    return sweep(places, lengths, plan.tile, plan.views, body, carry, kept, like)


def _flat(block: Array) -> Array:
    """Rows of all views of a block as one matrix."""
    return jnp.reshape(block, (-1, block.shape[2]))


def _neutral(statistic: Any, t: Array) -> Any:
    """States (views, samples) of rows of `t` that have met no pair."""
    nothing = jnp.full((*t.shape[:2], 1), -math.inf, t.dtype)
    state = statistic.reduce(statistic.prepare(jnp.reshape(nothing, (-1, 1))), 1)
    return jax.tree.map(lambda part: jnp.reshape(part, t.shape[:2]), state)


def _factors(statistic: Any, finished: Array, g: Array) -> Any:
    """Factors (views, samples) of rows or of columns."""
    factors = statistic.factors(g, finished)
    return jax.tree.map(lambda t: jnp.reshape(t, (-1, t.shape[-1])), factors)

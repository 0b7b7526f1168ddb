"""The walk over arrays without data: it notes the plan and returns arrays of the right shapes."""

from typing import Any

from polycontrast import arrays
from polycontrast.arrays import Array
from polycontrast.context import note_plan
from polycontrast.similarity.matrix import MatrixGradients, gradients_of_companion
from polycontrast.similarity.walks.job import Job


def walk(job: Job, columns: bool) -> tuple[Any, Any, Any]:
    """Statistics and pullback of abstract arrays."""
    matrix = job.matrix
    note_plan(job.plan)

    def empty(shape: tuple[int, ...]) -> Array:
        like = matrix.x
        return matrix.xp.zeros(shape, dtype=like.dtype, device=arrays.device(like))

    depth = matrix.x.shape[2]
    gradients = MatrixGradients(
        x=empty((*matrix.x_shape, depth)),
        y=None if matrix.symmetric or matrix.held_columns else empty((*matrix.y_shape, depth)),
        of_rows=empty(matrix.shape),
        of_columns=None if matrix.symmetric else empty(matrix.column_shape),
    )
    pulled = matrix.pulled_companion()
    if pulled is not None:
        sides = ((*shape, pulled.x.shape[2]) for shape in (pulled.shape, pulled.y_shape))
        gradients = gradients._replace(companion=gradients_of_companion(*map(empty, sides)))
    of_shape = job.body.of_shape
    cols = of_shape(empty(matrix.column_shape)) if columns else None
    return of_shape(empty(matrix.shape)), cols, lambda *cotangents: gradients

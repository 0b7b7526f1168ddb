"""Contrast of the places of each image with the same places of another map of it."""

from typing import Annotated, Any

from polycontrast.arrays import namespace, row_dot, sigmoid, softplus
from polycontrast.calculus import unit_rows
from polycontrast.contrast import on_temperature
from polycontrast.objective import Role
from polycontrast.similarity import off_diagonal, small_matrices

Places = Annotated[Any, Role("rows", ("N n D",), about="Features of n places of each of N images.")]


def place_contrast(query, key, temperature, normalize, symmetric):
    """Loss of each place against the other places of its image, or its losses both ways.

    Returns
    -------
    losses : array (N, n)
        With ``symmetric=True`` the sum of both directions.
    back : callable
        From dL/dlosses to the gradients by `query`, `key` and `temperature`, by name.
    """
    xp, scale = namespace(query), 1 / temperature
    a, a_back = unit_rows(query, normalize)
    b, b_back = unit_rows(key, normalize)
    positive = scale * row_dot(a, b)

    def read(scores):
        rows, rows_back = off_diagonal(scores)
        if not symmetric:
            return rows[:, None, :], lambda g: rows_back(g[:, 0, :])
        columns, columns_back = off_diagonal(xp.matrix_transpose(scores))

        def back(g):
            return rows_back(g[:, 0, :]) + xp.matrix_transpose(columns_back(g[:, 1, :]))

        return xp.stack([rows, columns], axis=1), back

    others, pull = small_matrices(a, b, scale, read)
    logits = others - positive[:, None, :]  # (N, directions, n)

    def back(g):
        weights = g[:, None, :] * sigmoid(logits)
        ga, gb = pull(weights)
        on_positive = (scale * xp.sum(weights, axis=1))[..., None]
        ga, gb = ga - on_positive * b, gb - on_positive * a
        on_tau = on_temperature(temperature, 1, (a, ga))
        return {"query": a_back(ga), "key": b_back(gb), "temperature": on_tau}

    return xp.sum(softplus(logits), axis=1), back

"""Convolution filters as rows of numbers, and their principal components."""

import numpy as np

from polycontrast.arrays import Array, check_floating, to_float64


def filter_rows(name: str, **given: Array) -> list[np.ndarray]:
    """Rows (n, k) of filters (n, k) or (n, a, b) in float64; refused where one is wrong."""
    check_floating(name, **given)
    for argument, filters in given.items():
        if filters.ndim not in (2, 3) or 0 in filters.shape:
            shape = tuple(filters.shape)
            raise ValueError(
                f"{name}: {argument} must have shape (n, k, k) or (n, k * k), got {shape}"
            )
    return [to_float64(t).reshape(t.shape[0], -1) for t in given.values()]


def principal_components(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Share of the variance of each principal component, and the components as columns.

    Rows without variance have shares of 0.
    """
    centred = rows - rows.mean(axis=0)
    variances, components = np.linalg.eigh(centred.T @ centred)
    variances = np.maximum(variances, 0)
    total = variances.sum()
    return (variances / total if total > 0 else variances), components

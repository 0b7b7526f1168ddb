"""The function that training minimises: an objective behind one linear head per view."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from polycontrast.align.samples import Samples
from polycontrast.align.streams import StreamedRows, in_memory
from polycontrast.align.two_views import TwoViews
from polycontrast.arrays import Array, device, like, namespace, to_float64, transpose
from polycontrast.objective import Objective

TEMPERATURE_RANGE = (1e-3, 10.0)


class Problem:
    """Loss and gradient as a function of one flat vector: all heads, then any log temperature.

    The head of a view is a matrix whose last row is the bias; it multiplies whitened rows that end
    in a 1. With ``Z_v = X_v W_v`` and ``G_v = dL/dZ_v`` of the objective, ``dL/dW_v = X_v^T G_v``.

    Parameters
    ----------
    objective : Objective or TwoViews
    views : list of array (rows, rank)
        Whitened rows.
    dim : int
        Dimension of the shared space.
    parameters : mapping
        Keyword arguments of the objective.
    temperature : float, optional
        Learned from this value on; by default it is no variable of the problem.
    samples : Samples, optional
        Which rows exist, and which are one thing. Default: all, and none.
    """

    def __init__(
        self,
        objective: Objective | TwoViews,
        views: list[Array],
        dim: int,
        parameters: Mapping[str, Any],
        temperature: float | None = None,
        samples: Samples | None = None,
    ):
        self.objective, self.dim = objective, dim
        self.views = [with_ones(view) for view in views]
        self.samples = samples or Samples(views[0].shape[0])
        self.parameters, self.temperature = dict(parameters), temperature
        self.rows = views[0].shape[0]

    @property
    def bounds(self) -> list[tuple[float | None, float | None]] | None:
        """Bounds of the variables: of log temperature only."""
        if self.temperature is None:
            return None
        free: list[tuple[float | None, float | None]] = [(None, None)]
        low, high = TEMPERATURE_RANGE
        size = sum(view.shape[1] for view in self.views) * self.dim
        return free * size + [(math.log(low), math.log(high))]

    def pack(self, matrices: list[np.ndarray]) -> np.ndarray:
        """Vector of variables from head matrices (rank + 1, dim)."""
        tail = [] if self.temperature is None else [np.array([math.log(self.temperature)])]
        return np.concatenate([*(matrix.ravel() for matrix in matrices), *tail])

    def unpack(self, theta: np.ndarray) -> tuple[list[np.ndarray], dict[str, float]]:
        """Head matrices, and the temperature if it is learned, of a vector of variables."""
        ranks = [view.shape[1] for view in self.views]
        ends = np.cumsum([rank * self.dim for rank in ranks])
        *flat, tail = np.split(theta, ends)
        learned = {} if self.temperature is None else {"temperature": float(np.exp(tail[0]))}
        matrices = [m.reshape(r, self.dim) for m, r in zip(flat, ranks, strict=True)]
        return matrices, learned

    def value_and_grad(
        self, theta: np.ndarray, rows: np.ndarray | None = None
    ) -> tuple[float, np.ndarray]:
        """Loss on all rows, or on some, and its gradient."""
        matrices, learned = self.unpack(theta)
        views, samples = self.views, self.samples
        if rows is not None:
            views, samples = [take_rows(view, rows) for view in views], samples.take(rows)
        views = [in_memory(view) for view in views]
        embedded = [x @ like(matrix, x) for x, matrix in zip(views, matrices, strict=True)]
        parameters: dict[str, Any] = self.parameters | learned | arguments_of(samples, embedded[0])
        loss, grads = self.objective.value_and_grad(embedded, wrt=("views", *learned), **parameters)
        parts = [
            to_float64(transpose(x) @ g).ravel() for x, g in zip(views, grads.views, strict=True)
        ]
        if learned:  # d/d log(tau) = tau d/dtau
            parts.append(np.array([learned["temperature"] * float(grads.temperature)]))
        return float(loss), np.concatenate(parts)

    def embed(self, theta: np.ndarray, views: list[Array]) -> list[Array]:
        """Rows of other whitened views in the shared space, not normalised."""
        matrices, _ = self.unpack(theta)
        return [with_ones(x) @ like(w, x) for x, w in zip(views, matrices, strict=True)]


def arguments_of(samples: Samples, x: Array) -> dict[str, Array]:
    """Arguments of an objective that say which rows exist and which are one thing, beside `x`."""
    xp = namespace(x)
    given = {"mask": (samples.mask, xp.bool), "ids": (samples.ids, xp.int64)}
    return {
        name: like(value, x, dtype=dtype)
        for name, (value, dtype) in given.items()
        if value is not None
    }


def with_ones(x: Array) -> Array:
    """Append a column of ones, which the bias multiplies."""
    if isinstance(x, StreamedRows):
        return x.then(with_ones, columns=x.shape[1] + 1)
    xp = namespace(x)
    return xp.concat([x, xp.ones((x.shape[0], 1), dtype=x.dtype, device=device(x))], axis=1)


def rows_there(x: Array, samples: Samples, view: int) -> Array:
    """Rows of a view that exist."""
    rows = samples.existing(view)
    return x if rows is None else take_rows(x, rows)


def take_rows(x: Array, rows: np.ndarray) -> Array:
    """Rows of a matrix by number."""
    if isinstance(x, StreamedRows):
        return x.take(rows)
    xp = namespace(x)
    return xp.take(x, like(rows, x, dtype=xp.int64), axis=0)

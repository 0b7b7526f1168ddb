"""The function that training minimises: an objective behind one head per view."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from polycontrast.align.hidden import Layer, added, dropout_mask, layer_gradient
from polycontrast.align.samples import Samples
from polycontrast.align.streams import StreamedRows, in_memory
from polycontrast.align.training.two_views import TwoViews
from polycontrast.arrays import Array, device, like, namespace, to_float64, transpose
from polycontrast.objective import Objective

TEMPERATURE_RANGE = (1e-3, 10.0)


class Problem:
    """Loss and gradient as a function of one flat vector of all heads.

    It holds the linear maps, then any hidden layers, then any log temperature.

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
    hidden : int
        Width of the hidden layer of each head; 0 for linear heads.
    dropout : float
        Share of the activations of that layer that are dropped in each batch.
    """

    def __init__(
        self,
        objective: Objective | TwoViews,
        views: list[Array],
        dim: int,
        parameters: Mapping[str, Any],
        temperature: float | None = None,
        samples: Samples | None = None,
        hidden: int = 0,
        dropout: float = 0.0,
    ):
        self.hidden, self.dropout = hidden, dropout
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
        size += sum((view.shape[1] + self.dim) * self.hidden for view in self.views)
        return free * size + [(math.log(low), math.log(high))]

    def pack(self, matrices: list[np.ndarray], layers: Sequence[Layer] = ()) -> np.ndarray:
        """Vector of variables from head matrices (rank + 1, dim) and hidden layers."""
        parts = [part.ravel() for layer in layers for part in layer]
        tail = [] if self.temperature is None else [np.array([math.log(self.temperature)])]
        return np.concatenate([*(matrix.ravel() for matrix in matrices), *parts, *tail])

    def unpack(self, theta: np.ndarray) -> tuple[list[np.ndarray], dict[str, float]]:
        """Head matrices, and the temperature if it is learned, of a vector of variables."""
        ranks = [view.shape[1] for view in self.views]
        ends = np.cumsum([rank * self.dim for rank in ranks])
        *flat, _ = np.split(theta, ends)
        learned = {} if self.temperature is None else {"temperature": float(np.exp(theta[-1]))}
        matrices = [m.reshape(r, self.dim) for m, r in zip(flat, ranks, strict=True)]
        return matrices, learned

    def layers(self, theta: np.ndarray) -> list[Layer]:
        """Hidden layers of a vector of variables; none of linear heads."""
        if not self.hidden:
            return []
        ranks = [view.shape[1] for view in self.views]
        found, at = [], sum(ranks) * self.dim
        for rank in ranks:
            middle = at + rank * self.hidden
            end = middle + self.hidden * self.dim
            into = theta[at:middle].reshape(rank, self.hidden)
            found.append((into, theta[middle:end].reshape(self.hidden, self.dim)))
            at = end
        return found

    def masks(self, rows: int, generator: np.random.Generator) -> list[np.ndarray] | None:
        """Random masks of the activations of a batch; None without dropout."""
        if not (self.hidden and self.dropout):
            return None
        return [dropout_mask(rows, self.hidden, self.dropout, generator) for _ in self.views]

    def value_and_grad(
        self,
        theta: np.ndarray,
        rows: np.ndarray | None = None,
        masks: Sequence[np.ndarray] | None = None,
    ) -> tuple[float, np.ndarray]:
        """Loss on all rows, or on some, and its gradient; `masks` of dropout as they are given."""
        matrices, learned = self.unpack(theta)
        layers = self.layers(theta)
        views, samples = self.views, self.samples
        if rows is not None:
            views, samples = [take_rows(view, rows) for view in views], samples.take(rows)
        views = [in_memory(view) for view in views]
        embedded = [x @ like(matrix, x) for x, matrix in zip(views, matrices, strict=True)]
        kept = [None] * len(views)
        if masks is not None:
            kept = [like(mask, x) for mask, x in zip(masks, views, strict=True)]
        active = []
        for m, layer in enumerate(layers):
            more, activations = added(views[m], layer, kept[m])
            embedded[m] = embedded[m] + more
            active.append(activations)
        parameters: dict[str, Any] = self.parameters | learned | arguments_of(samples, embedded[0])
        loss, grads = self.objective.value_and_grad(embedded, wrt=("views", *learned), **parameters)
        parts = [
            to_float64(transpose(x) @ g).ravel() for x, g in zip(views, grads.views, strict=True)
        ]
        for m, layer in enumerate(layers):
            found = layer_gradient(views[m], layer, active[m], grads.views[m], kept[m])
            parts += [part.ravel() for part in found]
        if learned:  # d/d log(tau) = tau d/dtau
            parts.append(np.array([learned["temperature"] * float(grads.temperature)]))
        return float(loss), np.concatenate(parts)

    def embed(self, theta: np.ndarray, views: list[Array]) -> list[Array]:
        """Rows of other whitened views in the shared space, not normalised."""
        matrices, _ = self.unpack(theta)
        views = [with_ones(x) for x in views]
        rows = [x @ like(w, x) for x, w in zip(views, matrices, strict=True)]
        for m, layer in enumerate(self.layers(theta)):
            rows[m] = rows[m] + added(views[m], layer)[0]
        return rows


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

"""The hidden layer that a head may have beside its linear map."""

from dataclasses import dataclass

import numpy as np

from polycontrast.arrays import Array, like, namespace, to_float64, transpose

Layer = tuple[np.ndarray, np.ndarray]
"""Weights into the layer (rank + 1, hidden), whose last row is the bias, and out of it
(hidden, dim)."""


@dataclass(frozen=True)
class Hidden:
    """Hidden layer of a head: ``tanh((x - mean) @ weights + bias) @ out`` is added to its map.

    Parameters
    ----------
    weights : ndarray (columns, hidden)
    bias : ndarray (hidden,)
    out : ndarray (hidden, dim)
    """

    weights: np.ndarray
    bias: np.ndarray
    out: np.ndarray


def first_layers(
    ranks: list[int], hidden: int, dim: int, generator: np.random.Generator
) -> list[Layer]:
    """Layers to train from: random directions of unit size in, and nothing out.

    The heads are therefore those of the linear start.
    """
    return [
        (generator.standard_normal((rank, hidden)) / np.sqrt(rank), np.zeros((hidden, dim)))
        for rank in ranks
    ]


def added(x: Array, layer: Layer, kept: Array | None = None) -> tuple[Array, Array]:
    """What a layer adds to rows (rows, dim), and its activations (rows, hidden).

    Parameters
    ----------
    x : array (rows, rank + 1)
        Whitened rows that end in a 1.
    layer : Layer
    kept : array (rows, hidden), optional
        Dropout: 0 for what is dropped, ``1 / (1 - rate)`` for the rest.
    """
    xp = namespace(x)
    active = xp.tanh(x @ like(layer[0], x))
    return (active if kept is None else active * kept) @ like(layer[1], x), active


def layer_gradient(
    x: Array, layer: Layer, active: Array, g: Array, kept: Array | None = None
) -> Layer:
    r"""Gradients of the weights of a layer from that of what it adds.

    With :math:`T = \tanh(X A)`, mask :math:`D` and :math:`Z = (T \odot D) C` they are
    :math:`X^T (G C^T \odot D \odot (1 - T^2))` and :math:`(T \odot D)^T G`.
    """
    back = (g @ like(layer[1].T, x)) * (1 - active * active)
    dropped = active
    if kept is not None:
        back, dropped = back * kept, active * kept
    return to_float64(transpose(x) @ back), to_float64(transpose(dropped) @ g)


def dropout_mask(rows: int, hidden: int, rate: float, generator: np.random.Generator) -> np.ndarray:
    """Factors of activations: each is 0 with probability `rate`, and their mean is 1."""
    return (generator.random((rows, hidden)) >= rate) / (1 - rate)

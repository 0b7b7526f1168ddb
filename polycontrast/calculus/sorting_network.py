"""A differentiable sorting network: how likely the inputs stay in their part of the order."""

import math
from collections.abc import Callable

from polycontrast.arrays import Array, namespace


def kept_apart(
    values: Array, first: int, steepness: float
) -> tuple[Array, Callable[[Array], Array]]:
    r"""Probability that each input of an odd-even network ends in the part that it started in.

    The parts are the `first` places and all others. Layer l of n compares the neighbours a, b at
    the places p and p + 1, with p as even as l. They keep their places with the probability ``w =
    1/2 + atan(steepness (b - a)) / pi``, and become ``w a + (1 - w) b`` and ``(1 - w) a + w b``.

    Probabilities run through the layers backwards, from the places to the inputs, and their
    cotangents forwards: each layer is a symmetric matrix. So the matrix of all permutations is
    never made: O(n^2) for each column.

    Parameters
    ----------
    values : array (n, ...)
        Inputs along the first axis.
    first : int
        Places of the first part, from 0 to n.
    steepness : float

    Returns
    -------
    probabilities : array (n, ...)
        Small ones keep their digits, and so do small differences from 1 of the other part.
    back : callable
        From dL/dprobabilities to dL/dvalues.
    """
    xp, n = namespace(values), values.shape[0]
    layers = []
    for layer in range(n):
        start = layer % 2
        stop = start + (n - start) // 2 * 2
        if stop > start:
            a, b = _pairs(values, start, stop)
            z = steepness * (b - a)
            one = xp.ones_like(z)
            # Both from an angle of its own, as a small one is no difference from 1.
            keep, swap = xp.atan2(one, -z) / math.pi, xp.atan2(one, z) / math.pi
            layers.append((start, stop, b - a, keep, swap))
            values = _mixed(values, start, stop, keep, swap)
    zeros, ones = xp.zeros_like(values), xp.ones_like(values)
    inside = xp.concat([ones[:first, ...], zeros[first:, ...]], axis=0)
    outside = xp.concat([zeros[:first, ...], ones[first:, ...]], axis=0)
    contrasts = []  # of the probabilities of two neighbours, after each layer
    for start, stop, _, keep, swap in reversed(layers):
        a, b = _pairs(inside, start, stop)
        contrasts.append(a - b)
        inside = _mixed(inside, start, stop, keep, swap)
        outside = _mixed(outside, start, stop, keep, swap)
    contrasts.reverse()

    def back(g: Array) -> Array:
        # Of the probability to end in the first part; that of the others is the rest to 1.
        g = xp.concat([g[:first, ...], -g[first:, ...]], axis=0)
        on_keep = []
        for (start, stop, _, keep, swap), contrast in zip(layers, contrasts, strict=True):
            a, b = _pairs(g, start, stop)
            on_keep.append((a - b) * contrast)
            g = _mixed(g, start, stop, keep, swap)
        on_values = xp.zeros_like(g)
        for (start, stop, gap, keep, swap), on in zip(layers[::-1], on_keep[::-1], strict=True):
            a, b = _pairs(on_values, start, stop)
            z = steepness * gap
            on_gap = (on + (b - a) * gap) * (steepness / math.pi) / (1 + z * z)
            on_values = _mixed(on_values, start, stop, keep, swap, on_gap)
        return on_values

    return xp.concat([inside[:first, ...], outside[first:, ...]], axis=0), back


def _pairs(t: Array, start: int, stop: int) -> tuple[Array, Array]:
    """The first and the second members of the pairs of neighbours."""
    return t[start:stop:2, ...], t[start + 1 : stop : 2, ...]


def _mixed(
    t: Array, start: int, stop: int, keep: Array, swap: Array, apart: Array | float = 0.0
) -> Array:
    """A layer applied to its inputs; `apart` moves from the first of a pair to the second."""
    xp = namespace(t)
    a, b = _pairs(t, start, stop)
    pairs = xp.stack([keep * a + swap * b - apart, swap * a + keep * b + apart], axis=1)
    middle = xp.reshape(pairs, (stop - start, *t.shape[1:]))
    return xp.concat([t[:start, ...], middle, t[stop:, ...]], axis=0)

"""Blocks of the Gram matrix of many views: only those that a loss needs."""

import itertools
from collections.abc import Callable, Iterable

from polycontrast import arrays
from polycontrast.arrays import Array
from polycontrast.contrast.views.missing_views import MissingViews
from polycontrast.similarity.similarity import Similarity


def same_view(count: int) -> list[tuple[int, int]]:
    """Blocks of each view with itself."""
    return [(a, a) for a in range(count)]


def view_pairs(count: int) -> list[tuple[int, int]]:
    """Blocks of all pairs of different views."""
    return list(itertools.combinations(range(count), 2))


def block_logsumexp(
    z: Array, scale: Array, blocks: Iterable[tuple[int, int]], there: MissingViews
) -> tuple[Array, Callable[[Array], Array]]:
    """Log-sum-exps over the other samples of the given blocks ``scale z_a z_b^T``.

    A block of two views serves both of its directions with one product. A block of a view with
    itself takes half of its tiles.

    Parameters
    ----------
    z : array (M, B, D)
    scale : 0-d array
    blocks : iterable of (a, b), a <= b
    there : MissingViews

    Returns
    -------
    lse : array (M, M, B)
        ``lse[a, b, i] = log sum_{j != i} exp(scale <z_ai, z_bj>)``; -inf for other blocks
        and where no row exists.
    back : callable
        From dL/dlse to dL/dz.
    """
    xp, count = arrays.namespace(z), z.shape[0]
    nothing = xp.full_like(z[0, :, 0], -xp.inf)
    found = dict.fromkeys(itertools.product(range(count), repeat=2), nothing)
    backs = {}
    for a, b in blocks:
        other = None if a == b else z[b, ...]
        matrix = Similarity(
            z[a, ...], other, scale=scale, pairs=there.rule(a, b), what=f"views {a} and {b}"
        )
        found[a, b], columns, backs[a, b] = matrix.logsumexp()
        if columns is not None:
            found[b, a] = columns
    lse = xp.stack(
        [xp.stack([found[a, b] for b in range(count)], axis=0) for a in range(count)], axis=0
    )

    def back(g: Array) -> Array:
        grads: dict[int, Array] = {}

        def add(a: int, part: Array) -> None:
            grads[a] = arrays.add_(grads[a], part) if a in grads else part

        for (a, b), pull in backs.items():
            if a == b:
                add(a, pull(g[a, a, :]).x)
            else:
                pulled = pull(g[a, b, :], g[b, a, :])
                add(a, pulled.x)
                add(b, pulled.y)
        nothing = [a for a in range(count) if a not in grads]
        grads |= {a: xp.zeros_like(z[a, ...]) for a in nothing}
        return xp.stack([grads[a] for a in range(count)], axis=0)

    return lse, back


def diagonal(t: Array) -> Array:
    """Entries (M, B) of each view with itself, out of (M, M, B)."""
    return arrays.namespace(t).stack([t[a, a, :] for a in range(t.shape[0])], axis=0)


def on_diagonal(t: Array) -> Array:
    """Array (M, M, B) with `t` (M, B) for each view with itself and 0 elsewhere."""
    xp = arrays.namespace(t)
    a = xp.arange(t.shape[0], dtype=xp.int32, device=arrays.device(t))
    same = (a[:, None] == a[None, :])[:, :, None]
    return xp.where(same, t[:, None, :], xp.zeros_like(t)[:, None, :])

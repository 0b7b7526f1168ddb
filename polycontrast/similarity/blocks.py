"""Blocks of the Gram matrix of many views, as far as a loss asks for them."""

from collections.abc import Callable

from polycontrast import arrays
from polycontrast.arrays import Array
from polycontrast.similarity.matrix import Similarity
from polycontrast.similarity.pairs import OtherSamples, Rule


class ViewBlocks:
    """Log-sum-exps of the blocks ``z_a z_b^T`` over the other samples.

    A block of two views serves both of its directions with one product, a view with itself needs
    half of its tiles: M(M-1)/2 and M/2 products in all.

    Parameters
    ----------
    z : array (M, B, D)
    scale : 0-d array
    within : bool
        Blocks of a view with itself.
    across : bool
        Blocks of two different views.
    pairs : Rule
        Pairs that count, by default those of different samples.
    """

    def __init__(
        self, z: Array, *, scale: Array, within: bool, across: bool, pairs: Rule | None = None
    ):
        self.xp, self.z, self.scale = arrays.namespace(z), z, scale
        views = range(z.shape[0])
        self.wanted = [
            (a, b) for a in views for b in views if (within and a == b) or (across and a < b)
        ]
        self.pairs = OtherSamples() if pairs is None else pairs

    def logsumexp(self) -> tuple[Array, Callable[[Array], Array]]:
        """Log-sum-exp of every row with every view.

        Returns
        -------
        lse : array (M, M, B)
            ``lse[a, b, i] = log sum_{j != i} exp(scale <z_ai, z_bj>)``; -inf for blocks not wanted.
        back : callable
            From dL/dlse to dL/dz.
        """
        xp, z = self.xp, self.z
        count = z.shape[0]
        nothing = xp.zeros_like(z[0, :, 0]) - xp.inf
        found = {(a, b): nothing for a in range(count) for b in range(count)}
        backs = {}
        for a, b in self.wanted:
            other = None if a == b else z[b, ...]
            matrix = Similarity(
                z[a, ...], other, scale=self.scale, pairs=self.pairs, what=f"views {a} and {b}"
            )
            rows, columns, backs[a, b] = matrix.logsumexp()
            found[a, b] = rows
            if columns is not None:
                found[b, a] = columns
        lse = xp.stack(
            [xp.stack([found[a, b] for b in range(count)], axis=0) for a in range(count)], axis=0
        )

        def back(g: Array) -> Array:
            grads = [xp.zeros_like(z[a, ...]) for a in range(count)]
            for (a, b), pull in backs.items():
                if a == b:
                    grads[a] = grads[a] + pull(g[a, a, :]).x
                else:
                    pulled = pull(g[a, b, :], g[b, a, :])
                    grads[a], grads[b] = grads[a] + pulled.x, grads[b] + pulled.y
            return xp.stack(grads, axis=0)

        return lse, back


def other_views(like: Array) -> Array:
    """Booleans (M, M, 1), True for two different views; for arrays (M, M, B)."""
    a, b = _view_indices(like)
    return a != b


def earlier_views(like: Array) -> Array:
    """Booleans (M, M, 1), True where the first view comes before the second."""
    a, b = _view_indices(like)
    return a < b


def diagonal(t: Array) -> Array:
    """Entries (M, B) of each view with itself, out of (M, M, B)."""
    return arrays.namespace(t).stack([t[a, a, :] for a in range(t.shape[0])], axis=0)


def on_diagonal(t: Array) -> Array:
    """Array (M, M, B) with `t` (M, B) for each view with itself and 0 elsewhere."""
    xp, count = arrays.namespace(t), t.shape[0]
    whole = xp.zeros((count, *t.shape), dtype=t.dtype, device=arrays.device(t))
    return xp.where(other_views(whole), whole, t[:, None, :])


def _view_indices(like: Array) -> tuple[Array, Array]:
    xp = arrays.namespace(like)
    a = xp.arange(like.shape[0], dtype=xp.int32, device=arrays.device(like))
    return xp.reshape(a, (-1, 1, 1)), xp.reshape(a, (1, -1, 1))

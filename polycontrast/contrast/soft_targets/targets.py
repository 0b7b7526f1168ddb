"""Soft targets: how much each candidate is the match of each anchor, as linear operators."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from polycontrast.arrays import Array, namespace, row_dot, sigmoid, softplus
from polycontrast.context import whole_batch
from polycontrast.similarity import OtherSamples, Similarity

Map = Callable[[Array], Array]


@dataclass(frozen=True)
class Targets:
    """A matrix T with a row for each anchor and a column for each candidate, used as an operator.

    Parameters
    ----------
    sums : array (B,)
        Sums of the rows of T.
    times, transposed : callable
        From rows (B, D) to ``T y`` and ``T^T x``.
    """

    sums: Array
    times: Map
    transposed: Map

    @staticmethod
    def matches(like: Array) -> "Targets":
        """The identity: the only target of a row (of an array `like`) is its match."""
        return Targets(namespace(like).ones_like(like[:, 0]), lambda y: y, lambda x: x)

    @staticmethod
    def low_rank(left: Array, right: Array) -> "Targets":
        """``T = left right^T`` of arrays (B, R), in O(B R D)."""
        xp, batch = namespace(left), whole_batch()

        def product(one: Array, other: Array, rows: Array) -> Array:
            return xp.matmul(one, batch.sum(xp.matmul(xp.matrix_transpose(other), rows)))

        sums = row_dot(left, batch.sum(xp.sum(right, axis=0, keepdims=True)))
        return Targets(sums, lambda y: product(left, right, y), lambda x: product(right, left, x))

    @staticmethod
    def dense(table: Array) -> "Targets":
        """The matrix T itself, (B, B)."""
        xp = namespace(table)
        turned = xp.matrix_transpose(table)
        return Targets(
            xp.sum(table, axis=1), lambda y: xp.matmul(table, y), lambda x: xp.matmul(turned, x)
        )

    @staticmethod
    def mixed(perm: Array, lam: Array) -> "tuple[Targets, Targets]":
        """A mixture of two targets: ``lam_i`` at (i, i), and ``1 - lam_i`` at (i, perm_i).

        Parameters
        ----------
        perm : integer array (B,)
            A permutation.
        lam : array (B,)

        Returns
        -------
        rows, columns : Targets
            T and its transpose.
        """
        xp = namespace(lam)
        inverse, own, rest = xp.argsort(perm), lam[:, None], 1 - lam[:, None]

        def times(y: Array) -> Array:
            return own * y + rest * xp.take(y, perm, axis=0)

        def transposed(x: Array) -> Array:
            return own * x + xp.take(rest * x, inverse, axis=0)

        ones = xp.ones_like(lam)
        of_columns = transposed(ones[:, None])[:, 0]
        return Targets(ones, times, transposed), Targets(of_columns, transposed, times)


class SoftContrast:
    """Cross-entropies of the softmax of each anchor's logits with soft targets.

    The loss of an anchor with the candidates' logits s, the targets t and the logit d of its match
    is ``sum(t) LSE(s) - <t, s>``. With the log-sum-exp N over the other candidates it is computed
    as ``sum(t) softplus(N - d) + <t, d - s>``, of which the second term needs no pair, and is
    exactly 0 where the match is the only target. Anchors are the rows and, with targets of the
    columns, the columns.

    Parameters
    ----------
    x, y : array (B, D)
        Row i of both is the same sample.
    scale : 0-d array
        The logits are ``scale <x_i, y_j>``.
    rows : Targets
    columns : Targets, optional
        Targets of the columns among the rows.

    Attributes
    ----------
    rows, columns : array (B,)
        Losses of both sides; `columns` is None without targets of the columns.
    columns_of_match : array (B,)
        Losses of the columns if the match were the only target; likewise.
    """

    def __init__(
        self, x: Array, y: Array, scale: Array, rows: Targets, columns: Targets | None = None
    ):
        matches = scale * row_dot(x, y)
        matrix = Similarity(x, y, scale=scale, pairs=OtherSamples())
        of_rows, of_columns, self._pull = matrix.logsumexp(columns=columns is not None)
        self._rows = _Side(of_rows - matches, x, y, scale, rows)
        self._columns = None
        self.rows, self.columns, self.columns_of_match = self._rows.losses, None, None
        if columns is not None:
            self._columns = _Side(of_columns - matches, y, x, scale, columns)
            self.columns, self.columns_of_match = self._columns.losses, self._columns.of_match

    def pull(self, of_rows: Array, of_columns: Any = None) -> tuple[Array, Array]:
        """Gradients of x and y, from those of the losses of both sides."""
        on_rows, gx, gy = self._rows.pull(of_rows)
        on_columns = None
        if self._columns is not None:
            on_columns, by_candidate, by_anchor = self._columns.pull(of_columns)
            gx, gy = gx + by_anchor, gy + by_candidate
        pulled = self._pull(on_rows, on_columns)
        return gx + pulled.x, gy + pulled.y


class _Side:
    """The anchors of one side, from the log-sum-exps of their other candidates less the match."""

    def __init__(self, logit: Array, anchors: Array, candidates: Array, scale: Array, to: Targets):
        self.logit, self.anchors, self.candidates = logit, anchors, candidates
        self.scale, self.to = scale, to
        self.apart = to.sums[:, None] * candidates - to.times(candidates)
        self.of_match = softplus(logit)
        self.losses = to.sums * self.of_match + scale * row_dot(anchors, self.apart)

    def pull(self, g: Array) -> tuple[Array, Array, Array]:
        """On the log-sum-exps, and on anchors and candidates apart from these."""
        on_others = g * self.to.sums * sigmoid(self.logit)
        on_match = (self.scale * on_others)[:, None]
        weighted = (self.scale * g)[:, None]
        on_anchors = weighted * self.apart - on_match * self.candidates
        weighted = weighted * self.anchors
        on_candidates = self.to.sums[:, None] * weighted - self.to.transposed(weighted)
        return on_others, on_anchors, on_candidates - on_match * self.anchors

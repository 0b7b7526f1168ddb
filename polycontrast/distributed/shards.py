"""One batch split over ranks: the number of samples per rank, and sums over all ranks."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from polycontrast.arrays import Array, boxed, device, finite_or_zero, logsumexp, namespace, safe_log
from polycontrast.distributed.communicator import Communicator, Pending
from polycontrast.distributed.handshake import Call, RankError, compare_calls
from polycontrast.distributed.tangents import WithTangents


class Alone:
    """A batch whose samples are all on this process."""

    size = 1

    def samples(self, here: int) -> int:
        """Number of samples of the whole batch, of which `here` are on this rank."""
        return here

    def start(self, steps: int = 0) -> Any:
        """Index in the whole batch of the first sample of this process."""
        return 0

    def sum(self, t: Array) -> Array:
        """Sum over the ranks of an array of partial sums."""
        return t

    def max(self, t: Array) -> Array:
        """Largest over the ranks."""
        return t

    def logsumexp(self, t: Array, axis: int | None = None) -> Array:
        """Log-sum-exp over all ranks along an axis, or of all entries, 0-d."""
        return logsumexp(t, axis=tuple(range(t.ndim)) if axis is None else axis)

    def add_up(self, number: int) -> int:
        """Sum over the ranks of one number per rank."""
        return number

    def gathered(self, arrays: Sequence[Array]) -> list[Array]:
        """Arrays (samples, ...) of all ranks, one after another in the order of the ranks."""
        return list(arrays)

    def returned(self, t: Array) -> Array:
        """The part of this rank in the sum over the ranks of arrays (samples of all ranks, ...)."""
        return t

    def handshake(self, failure: Exception | None = None) -> None:
        """Nothing to do: there are no other ranks."""

    def renew_handshake(self) -> None:
        """Nothing to do: there are no other ranks."""


ALONE = Alone()


class Shards(Alone):
    """A batch whose samples are split over the ranks, in the order of the ranks.

    The ranks synchronise (`polycontrast.distributed.handshake`) before the first message of a call.
    All ranks then learn of an error that a rank has raised before.

    Parameters
    ----------
    comm : Communicator
    counts : sequence of int, optional
        Samples of each rank; by default they are exchanged in the handshake.
    name : str, optional
        First word of errors.
    """

    def __init__(self, comm: Communicator, counts: Sequence[int] | None = None, name: str = ""):
        self.comm, self.rank, self.size, self.name = comm, comm.rank, comm.size, name
        self._counts = list(counts or ())
        self._call: Call | None = None
        self._due = counts is None

    def renew_handshake(self) -> None:
        """Have another handshake before the next message."""
        self._call, self._due = None, not self.comm.traced

    def expect(self, call: Call) -> None:
        """Set the call of this rank, before the handshake."""
        self._call = call

    def handshake(self, failure: Exception | None = None) -> None:
        """Have the handshake now, unless there was one before.

        Parameters
        ----------
        failure : Exception, optional
            The error of this rank. The caller raises it after it was sent to the others.

        Raises
        ------
        RankError
            When another rank has an error or makes another call, or no rank has a sample.
        ValueError
            When the weights of all ranks are zero.
        """
        if not self._due:
            return
        call, self._due = self._call, False
        if self.comm.traced:
            if call is not None:
                self._counts = [call.samples] * self.size
            return
        if self.comm.ledger.open:
            text = "an earlier call broke off while messages were on their way; make a new comm"
            raise RankError(f"{self.name}: {text}")
        self._counts = compare_calls(self._gather, self.name, call, failure) or self._counts

    def _gather(self, numbers: Sequence[float]) -> np.ndarray:
        return self._settled(lambda: self.comm.gather(numbers))()

    def _settled(self, end: Callable[[], Any]) -> Callable[[], Any]:
        """The same function, with a count in the ledger until it has returned."""
        if self.comm.traced:
            return end
        ledger = self.comm.ledger
        ledger.open += 1

        def settle() -> Any:
            answer = end()
            ledger.open -= 1
            return answer

        return settle

    def with_tangents(self) -> "Shards":
        """The same batch for arrays that carry a tangent; the ranks have compared the call."""
        return Shards(WithTangents(self.comm), self.counts, self.name)

    @property
    def counts(self) -> list[int]:
        """Samples of each rank; some may have none."""
        self.handshake()
        return self._counts

    def samples(self, here: int) -> int:
        """Samples on all ranks."""
        return sum(self.counts)

    def sum(self, t: Array) -> Array:
        """All-reduce."""
        self.handshake()
        return boxed(self._settled(lambda: self.comm.sum(boxed(t)))())

    def max(self, t: Array) -> Array:
        """All-reduce."""
        self.handshake()
        return boxed(self._settled(lambda: self.comm.max(boxed(t)))())

    def logsumexp(self, t: Array, axis: int | None = None) -> Array:
        """Log-sum-exp relative to the largest entry of all ranks; a rank may have none."""
        xp, axes = namespace(t), tuple(range(t.ndim)) if axis is None else (axis % t.ndim,)
        if any(t.shape[k] == 0 for k in axes):
            shape = tuple(1 if k in axes else n for k, n in enumerate(t.shape))
            t = xp.full(shape, -xp.inf, dtype=t.dtype, device=device(t))
        peak = finite_or_zero(self.max(xp.max(t, axis=axes, keepdims=True)))
        total = self.sum(xp.sum(xp.exp(t - peak), axis=axes, keepdims=True))
        return xp.squeeze(safe_log(total) + peak, axis=axes)

    def stacked(self, t: Array) -> Array:
        """Arrays of all ranks, in their order along a new first axis: the same on every rank."""
        xp = namespace(t)
        ranks = xp.arange(self.size, dtype=xp.int32, device=device(t))
        own = xp.reshape(ranks == self.rank, (-1,) + (1,) * t.ndim)
        return self.sum(xp.where(own, t[None, ...], xp.zeros_like(t)[None, ...]))

    def gathered(self, arrays: Sequence[Array]) -> list[Array]:
        """Each rank sends its arrays to every other one."""
        if self.comm.traced:
            each = [self.stacked(t) for t in arrays]
            return [namespace(t).reshape(t, (-1, *t.shape[2:])) for t in each]
        found = [list(arrays)]
        for step in range(1, self.size):
            found.append(self.shift(arrays, [0] * len(arrays), by=step, coming=step).wait())
        found = [found[(self.rank - k) % self.size] for k in range(self.size)]
        return [namespace(ts[0]).concat(ts, axis=0) for ts in zip(*found, strict=True)]

    def returned(self, t: Array) -> Array:
        """All-reduce, of which this rank takes its samples."""
        t, start, count = self.sum(t), self.start(), self.behind(0)
        if not self.comm.traced:
            return t[start : start + count, ...]
        xp = namespace(t)
        return xp.take(t, start + xp.arange(count, dtype=xp.int32), axis=0)

    def add_up(self, number: int) -> int:
        """Gather and add."""
        self.handshake()
        return int(self._gather([number]).sum())

    def largest(self, numbers: Sequence[float]) -> list[float]:
        """Largest value over the ranks, per number; nan if one is nan."""
        self.handshake()
        return [float(n) for n in self._gather(numbers).max(axis=0)]

    def behind(self, steps: int) -> int:
        """Number of samples of the rank that is this many steps behind in the ring."""
        return self.counts[0 if self.comm.traced else (self.rank - steps) % self.size]

    def start(self, steps: int = 0) -> Any:
        """Index in the whole batch of the first sample of the rank this many steps behind."""
        rank = (self.rank - steps) % self.size
        return rank * self.counts[0] if self.comm.traced else sum(self.counts[:rank])

    def shift(self, arrays: Sequence[Array], axes: Sequence[int], by: int, coming: int) -> Pending:
        """Start to send arrays to the rank `by` steps ahead, and to receive arrays.

        The received arrays belong to the samples of the rank `coming` steps behind. `axes` are the
        axes of samples, the only ones whose length depends on the rank.
        """
        count = self.behind(coming)
        shapes = []
        for x, axis in zip(arrays, axes, strict=True):
            shape = list(x.shape)
            shape[axis] = count
            shapes.append(tuple(shape))
        return Pending(self._settled(self.comm.shift(arrays, shapes, by).wait))

"""One batch in shards: how many samples each rank holds, and sums over all of them."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from polycontrast.arrays import Array, device, finite_or_zero, logsumexp, namespace, safe_log
from polycontrast.distributed.communicator import Communicator, Pending
from polycontrast.distributed.meeting import Call, RankError, meet


class Alone:
    """A batch that this process holds whole."""

    size = 1

    def samples(self, here: int) -> int:
        """Samples of the whole batch, of which `here` are on this rank."""
        return here

    def sum(self, t: Array) -> Array:
        """Sum over the ranks of what each of them has summed up."""
        return t

    def max(self, t: Array) -> Array:
        """Largest over the ranks."""
        return t

    def logsumexp(self, t: Array) -> Array:
        """Log-sum-exp of all entries on all ranks, 0-d."""
        return logsumexp(t, axis=tuple(range(t.ndim)))

    def add_up(self, number: int) -> int:
        """Sum over the ranks of a number that each of them knows."""
        return number

    def meet(self, failure: Exception | None = None) -> None:
        """Meet the other ranks, of which there are none."""

    def meet_again(self) -> None:
        """Meet once more before the next message."""


ALONE = Alone()


class Shards(Alone):
    """A batch of which every rank holds some samples, in the order of the ranks.

    The ranks meet when the first of them has something to ask of the others: whatever a rank
    refuses before is told to all at once.

    Parameters
    ----------
    comm : Communicator
    counts : sequence of int, optional
        Samples of each rank; by default they are told at the meeting.
    name : str, optional
        What errors begin with.
    """

    def __init__(self, comm: Communicator, counts: Sequence[int] | None = None, name: str = ""):
        self.comm, self.rank, self.size, self.name = comm, comm.rank, comm.size, name
        self._counts = list(counts or ())
        self._call: Call | None = None
        self._meets = counts is None

    def meet_again(self) -> None:
        """Meet once more before the next message."""
        self._call, self._meets = None, not self.comm.traced

    def expect(self, call: Call) -> None:
        """Say what this rank will do, before the ranks meet."""
        self._call = call

    def meet(self, failure: Exception | None = None) -> None:
        """Meet now, unless the ranks have met.

        Parameters
        ----------
        failure : Exception, optional
            Why this rank cannot take part; the caller raises it after the others know.

        Raises
        ------
        RankError
            When another rank cannot take part or makes another call, or nobody brings a sample.
        ValueError
            When the weights of all ranks are zero.
        """
        if not self._meets:
            return
        call, self._meets = self._call, False
        if self.comm.traced:
            if call is not None:
                self._counts = [call.samples] * self.size
            return
        if self.comm.ledger.open:
            text = "an earlier call broke off while messages were on their way; make a new comm"
            raise RankError(f"{self.name}: {text}")
        self._counts = meet(self._gather, self.name, call, failure) or self._counts

    def _gather(self, numbers: Sequence[float]) -> np.ndarray:
        return self._settled(lambda: self.comm.gather(numbers))()

    def _settled(self, end: Callable[[], Any]) -> Callable[[], Any]:
        """The same function, and a ledger that stays open until it has returned."""
        if self.comm.traced:
            return end
        ledger = self.comm.ledger
        ledger.open += 1

        def settle() -> Any:
            answer = end()
            ledger.open -= 1
            return answer

        return settle

    @property
    def counts(self) -> list[int]:
        """Samples of each rank; some may have none."""
        self.meet()
        return self._counts

    def samples(self, here: int) -> int:
        """Samples on all ranks."""
        return sum(self.counts)

    def sum(self, t: Array) -> Array:
        """All-reduce."""
        self.meet()
        return _array(self._settled(lambda: self.comm.sum(_array(t)))())

    def max(self, t: Array) -> Array:
        """All-reduce."""
        self.meet()
        return _array(self._settled(lambda: self.comm.max(_array(t)))())

    def logsumexp(self, t: Array) -> Array:
        """By the largest entry of all ranks."""
        xp = namespace(t)
        here = t if 0 not in t.shape else xp.full((1,), -xp.inf, dtype=t.dtype, device=device(t))
        peak = finite_or_zero(self.max(xp.max(here)))
        return safe_log(self.sum(xp.sum(xp.exp(here - peak)))) + peak

    def add_up(self, number: int) -> int:
        """Gather and add."""
        self.meet()
        return int(self._gather([number]).sum())

    def largest(self, numbers: Sequence[float]) -> list[float]:
        """Largest over the ranks of each of some numbers; nan where one is nan."""
        self.meet()
        return [float(n) for n in self._gather(numbers).max(axis=0)]

    def behind(self, steps: int) -> int:
        """Samples of the rank that is so many steps behind this one in the ring."""
        return self.counts[0 if self.comm.traced else (self.rank - steps) % self.size]

    def start(self, steps: int = 0) -> Any:
        """Index in the whole batch of the first sample of the rank so many steps behind."""
        rank = (self.rank - steps) % self.size
        return rank * self.counts[0] if self.comm.traced else sum(self.counts[:rank])

    def shift(self, arrays: Sequence[Array], axes: Sequence[int], by: int, coming: int) -> Pending:
        """Start to send arrays `by` ranks on; what comes belongs to the rank `coming` steps behind.

        `axes` are the axes of samples, the only ones whose length depends on the owner.
        """
        count = self.behind(coming)
        shapes = []
        for x, axis in zip(arrays, axes, strict=True):
            shape = list(x.shape)
            shape[axis] = count
            shapes.append(tuple(shape))
        return Pending(self._settled(self.comm.shift(arrays, shapes, by).wait))


def _array(t: Array) -> Array:
    """0-d arrays for the scalars that NumPy makes of its results."""
    return np.asarray(t) if isinstance(t, np.generic) else t

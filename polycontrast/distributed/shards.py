"""One batch in shards: how many samples each rank holds, and sums over all of them."""

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from polycontrast.arrays import Array, device, finite_or_zero, logsumexp, namespace, safe_log
from polycontrast.distributed.communicator import Communicator, Pending


class RankError(RuntimeError):
    """Raised where the ranks of a batch cannot make a call together."""


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


ALONE = Alone()


class Shards(Alone):
    """A batch of which every rank holds some samples, in the order of the ranks.

    Parameters
    ----------
    comm : Communicator
    counts : sequence of int
        Samples of each rank; 0 is allowed.
    """

    def __init__(self, comm: Communicator, counts: Sequence[int]):
        self.comm, self.rank, self.size = comm, comm.rank, comm.size
        self.counts = [int(n) for n in counts]

    @classmethod
    def meet(
        cls, comm: Communicator, samples: int, call: str, failure: Exception | None
    ) -> "Shards":
        """Begin a call: every rank says how many samples it brings, and that all is well.

        Without this, a rank that refuses its arguments would leave the others waiting.

        Parameters
        ----------
        comm : Communicator
        samples : int
        call : str
            What must be the same on all ranks.
        failure : Exception or None
            Why this rank cannot take part; raised here after the others know.

        Raises
        ------
        RankError
            When another rank cannot take part or makes another call, or nobody brings a sample.
        """
        if comm.traced:
            if failure is not None:
                raise failure
            return cls(comm, [samples] * comm.size)
        mine = (samples, zlib.crc32(call.encode()), failure is not None)
        counts, calls, failed = comm.gather(mine).T
        if failure is not None:
            raise failure
        if failed.any():
            raise RankError(f"rank {int(failed.argmax())} refused its arguments, see its error")
        other = calls != calls[0]
        if other.any():
            text = f"ranks 0 and {int(other.argmax())} do not make the same call; rank {comm.rank}"
            raise RankError(f"{text} makes {call}")
        if not counts.any():
            raise RankError("at least one rank must bring samples, got none on all of them")
        return cls(comm, counts)

    def samples(self, here: int) -> int:
        """Samples on all ranks."""
        return sum(self.counts)

    def sum(self, t: Array) -> Array:
        """All-reduce."""
        return _array(self.comm.sum(_array(t)))

    def max(self, t: Array) -> Array:
        """All-reduce."""
        return _array(self.comm.max(_array(t)))

    def logsumexp(self, t: Array) -> Array:
        """By the largest entry of all ranks."""
        xp = namespace(t)
        here = t if 0 not in t.shape else xp.full((1,), -xp.inf, dtype=t.dtype, device=device(t))
        peak = finite_or_zero(self.max(xp.max(here)))
        return safe_log(self.sum(xp.sum(xp.exp(here - peak)))) + peak

    def add_up(self, number: int) -> int:
        """Gather and add."""
        return int(self.comm.gather([number]).sum())

    def largest(self, numbers: Sequence[float]) -> list[float]:
        """Largest over the ranks of each of some numbers; nan where one is nan."""
        return [float(n) for n in self.comm.gather(numbers).max(axis=0)]

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
        return self.comm.shift(arrays, shapes, by)


def _array(t: Array) -> Array:
    """0-d arrays for the scalars that NumPy makes of its results."""
    return np.asarray(t) if isinstance(t, np.generic) else t

"""What the ranks of one batch say to one another, whatever carries it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from polycontrast.arrays import Array
from polycontrast.distributed import buffers

Finish = Callable[[], Any]


class Ledger:
    """Count of what was begun and not ended on one communicator, over all calls.

    Above 0 between calls, a call broke off with messages on their way: the next one would take them
    for its own.
    """

    open: int = 0


class Pending:
    """Arrays on their way; `wait` returns them."""

    def __init__(self, finish: Callable[[], list[Array]]):
        self._finish = finish

    def wait(self) -> list[Array]:
        """Wait until what was sent may be dropped and what was asked for is there."""
        return self._finish()


class Communicator(ABC):
    """A rank among others.

    All ranks make the same calls in the same order. A call that does not end within the engine's
    timeout raises the engine's error, after which the communicator is of no use any more.
    """

    rank: Any
    """Number of this rank; a tracer where one program is traced for all ranks."""
    size: int
    """Number of ranks."""
    traced: bool = False
    """Whether one program is traced for all ranks: shards are then equal, values unknown."""
    sent: int = 0
    """Bytes that `shift` has sent so far."""
    ledger: Ledger
    """The same one for all objects that stand for one communicator of an engine."""

    @abstractmethod
    def gather(self, numbers: Sequence[float]) -> np.ndarray:
        """Numbers of all ranks, float64 (size, count), the same on every rank."""

    @abstractmethod
    def sum(self, t: Array) -> Array:
        """Sum over the ranks, the same on every rank."""

    @abstractmethod
    def max(self, t: Array) -> Array:
        """Largest over the ranks, the same on every rank."""

    @abstractmethod
    def shift(self, arrays: Sequence[Array], shapes: Sequence[tuple[int, ...]], by: int) -> Pending:
        """Start to send arrays `by` ranks on, and to receive as many from `by` ranks back.

        Parameters
        ----------
        arrays : sequence of array
            Not to be changed before they have arrived.
        shapes : sequence of tuple
            Shapes of what comes; libraries, devices and dtypes are those of `arrays`.
        by : int
        """


class MessagePassing(Communicator):
    """A rank that sends and receives bytes; engines say how."""

    @abstractmethod
    def exchange(self, sent: list[Any], received: list[Any], to: int, source: int) -> Finish:
        """Start to send flat byte buffers to one rank and to fill others from another rank.

        Returns what ends the exchange. Messages between two ranks keep their order.
        """

    def shift(self, arrays: Sequence[Array], shapes: Sequence[tuple[int, ...]], by: int) -> Pending:
        """By `exchange`."""
        by %= self.size
        if by == 0:
            return Pending(lambda: list(arrays))
        outgoing = [buffers.outgoing(x) for x in arrays if not buffers.is_empty(tuple(x.shape))]
        coming = [buffers.incoming(s, x) for s, x in zip(shapes, arrays, strict=True)]
        wanted = [
            buffer
            for (buffer, _), shape in zip(coming, shapes, strict=True)
            if not buffers.is_empty(shape)
        ]
        self.sent += sum(map(buffers.size_in_bytes, outgoing))
        to, source = (self.rank + by) % self.size, (self.rank - by) % self.size
        end = self.exchange(outgoing, wanted, to, source)

        def finish() -> list[Array]:
            end()
            return [array() for _, array in coming]

        return Pending(finish)

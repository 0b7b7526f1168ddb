"""Messages between the ranks of one batch, for every engine."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from polycontrast.arrays import Array
from polycontrast.distributed import buffers

Finish = Callable[[], Any]


class Ledger:
    """Count of exchanges on one communicator that were started and not ended, over all calls.

    If it is above 0 between calls, a call ended with unfinished messages. The next call could
    receive these messages as its own.
    """

    open: int = 0


class Pending:
    """Arrays that are being sent and received; `wait` returns the received ones."""

    def __init__(self, finish: Callable[[], list[Array]]):
        self._finish = finish

    def wait(self) -> list[Array]:
        """Block until sent arrays may be deleted and all arrays have been received."""
        return self._finish()


class Communicator(ABC):
    """One rank, with its connections to the other ranks.

    All ranks make the same calls in the same order. A call that does not end within the timeout of
    the engine raises the error of the engine. After that the communicator cannot be used again.
    """

    rank: Any
    """Number of this rank; a tracer where one program is traced for all ranks."""
    size: int
    """Number of ranks."""
    traced: bool = False
    """Whether one program is traced for all ranks: shards then have equal sizes, values unknown."""
    sent: int = 0
    """Bytes that `shift` has sent so far."""
    ledger: Ledger
    """Shared by all objects of this class for one communicator of the engine."""

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
        """Start to send arrays to the rank `by` steps ahead, and to receive from `by` steps behind.

        Parameters
        ----------
        arrays : sequence of array
            The caller does not change them before they have been received.
        shapes : sequence of tuple
            Shapes of the received arrays, which have the libraries, devices and dtypes of `arrays`.
        by : int
        """


class MessagePassing(Communicator):
    """A rank that sends and receives bytes; each engine defines `exchange`."""

    @abstractmethod
    def exchange(self, sent: list[Any], received: list[Any], to: int, source: int) -> Finish:
        """Start to send flat byte buffers to one rank and to fill others from another rank.

        Returns a function that ends the exchange. Messages between two ranks keep their order.
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

"""Ranks that are threads of one process, for tests and experiments."""

import contextvars
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from polycontrast.arrays import Array, namespace
from polycontrast.distributed.communicator import Finish, Ledger, MessagePassing
from polycontrast.distributed.handshake import RankError


class LocalGroup:
    """Communicators of ranks that are threads of this process.

    Parameters
    ----------
    size : int
        Number of ranks.
    timeout : float, default 60.0
        Seconds after which a rank without a message raises TimeoutError.
    """

    def __init__(self, size: int, timeout: float = 60.0):
        self.size, self.timeout = size, timeout
        self._clear()

    def _clear(self) -> None:
        """Start without messages: those of an earlier run are never received."""
        ranks = range(self.size)
        self.ways: dict[tuple[int, int], queue.SimpleQueue[Any]] = {
            (a, b): queue.SimpleQueue() for a in ranks for b in ranks
        }

    def run(self, function: Callable[["LocalCommunicator"], Any]) -> list[Any]:
        """Call a function once per rank, each on its own thread, with its communicator.

        Returns
        -------
        list
            The results of the ranks. If some raised, the first of their errors is raised here. A
            `RankError`, which only names another rank, is raised if there is no other error.
        """
        results: list[Any] = [None] * self.size
        errors: list[BaseException] = []
        self._clear()

        def one(rank: int) -> None:
            try:
                results[rank] = function(LocalCommunicator(self, rank))
            except BaseException as error:
                errors.append(error)

        # A thread starts in an empty context; the present one may hold settings.
        threads = [
            threading.Thread(target=contextvars.copy_context().run, args=(one, rank))
            for rank in range(self.size)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if errors:
            raise min(errors, key=lambda error: isinstance(error, RankError))
        return results


class LocalCommunicator(MessagePassing):
    """One rank of a `LocalGroup`."""

    def __init__(self, group: LocalGroup, rank: int):
        self.group, self.rank, self.size, self.ledger = group, rank, group.size, Ledger()

    def _send(self, to: int, what: Any) -> None:
        self.group.ways[self.rank, to].put(what)

    def _receive(self, source: int) -> Any:
        try:
            return self.group.ways[source, self.rank].get(timeout=self.group.timeout)
        except queue.Empty:
            text = f"rank {self.rank} heard nothing from rank {source}"
            raise TimeoutError(f"{text} for {self.group.timeout:g} s") from None

    def _all(self, what: Any) -> list[Any]:
        for other in range(self.size):
            if other != self.rank:
                self._send(other, what)
        return [what if k == self.rank else self._receive(k) for k in range(self.size)]

    def gather(self, numbers: Sequence[float]) -> np.ndarray:
        """Every rank sends to every other rank."""
        return np.asarray(self._all(list(numbers)), dtype=np.float64)

    def sum(self, t: Array) -> Array:
        """Add up in the order of the ranks."""
        # A copy, because this rank may change `t` before the others read it.
        total, *rest = self._all(namespace(t).asarray(t, copy=True))
        for part in rest:
            total = total + part
        return total

    def max(self, t: Array) -> Array:
        """Compare in the order of the ranks."""
        xp = namespace(t)
        return xp.max(xp.stack(self._all(xp.asarray(t, copy=True)), axis=0), axis=0)

    def exchange(self, sent: list[Any], received: list[Any], to: int, source: int) -> Finish:
        """Put copies of the bytes into the queue of the two ranks."""
        for buffer in sent:
            self._send(to, buffer + 0)

        def finish() -> None:
            for buffer in received:
                buffer[...] = self._receive(source)

        return finish

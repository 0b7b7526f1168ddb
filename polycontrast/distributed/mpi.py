"""The engine for MPI, by an mpi4py communicator."""

import functools
import os
import time
from collections.abc import Sequence
from typing import Any

import array_api_compat as compat
import numpy as np
from mpi4py import MPI

from polycontrast.arrays import Array, namespace, to_numpy
from polycontrast.arrays import like as array_like
from polycontrast.distributed.communicator import Communicator, Finish, Ledger, MessagePassing

TAG = 7423  # tag of all messages of this library, different from those of the caller
TIMEOUT = "POLYCONTRAST_MPI_TIMEOUT"  # seconds; MPI itself has no limit
SPIN = 1e-3  # seconds of polling without a pause; later polls are followed by a pause
PAUSE = 1e-4


def wrap(comm: Any) -> Communicator:
    """Communicator for an mpi4py communicator."""
    return MPICommunicator(comm)


def _buffer(x: Any) -> Any:
    """Memory in the form that mpi4py takes; GPU memory only if MPI was built for it."""
    return x.numpy() if compat.is_torch_array(x) and x.device.type == "cpu" else x


def _await_gpu(x: Any) -> None:
    """Synchronise with the stream of a GPU array: MPI does not use streams."""
    if compat.is_cupy_array(x):
        namespace(x).cuda.get_current_stream().synchronize()
    elif compat.is_torch_array(x) and x.device.type == "cuda":
        namespace(x).cuda.current_stream(x.device).synchronize()


_LEDGER = MPI.Comm.Create_keyval()
_ABANDONED: list["Underway"] = []


class Underway:
    """Requests to MPI, with the memory that MPI reads and writes until they end.

    A call that ends with an error can leave such requests. MPI still uses their memory, so the
    memory is kept until they end. Receives that have not started are cancelled.
    """

    def __init__(self) -> None:
        self.receives: list[Any] = []
        self.others: list[Any] = []
        self.memory: list[Any] = []
        self.done = False

    def is_over(self) -> bool:
        """Whether all requests have ended; this poll also moves messages forward."""
        self.done = self.done or MPI.Request.Testall(self.receives + self.others)
        return self.done

    def __del__(self) -> None:
        if not self.done and _ABANDONED is not None:  # None when the interpreter exits
            _ABANDONED.append(self)


def _let_go() -> None:
    """Cancel requests that failed calls have left, and release those that have ended."""
    for left in list(_ABANDONED):
        for request in left.receives:
            if request != MPI.REQUEST_NULL:
                request.Cancel()
        left.receives, left.others = [], left.receives + left.others
        if left.is_over():
            _ABANDONED.remove(left)


def _ledger(comm: Any) -> Ledger:
    """Ledger stored as an attribute of the MPI communicator."""
    found = comm.Get_attr(_LEDGER)
    if found is None:
        found = Ledger()
        comm.Set_attr(_LEDGER, found)
    return found


class MPICommunicator(MessagePassing):
    """A process of an MPI communicator.

    A call that takes longer than ``POLYCONTRAST_MPI_TIMEOUT`` seconds (default 1800) raises
    TimeoutError. When a process dies, MPI decides what happens: most launchers end all others.
    """

    def __init__(self, comm: Any):
        self.comm, self.ledger = comm, _ledger(comm)
        self.rank, self.size = comm.Get_rank(), comm.Get_size()
        self.timeout = float(os.environ.get(TIMEOUT, "1800"))
        _let_go()

    def _wait(self, underway: Underway) -> None:
        """Block until all requests have ended, or the timeout is over."""
        start = time.monotonic()
        while not underway.is_over():
            waited = time.monotonic() - start
            if waited > self.timeout:
                text = f"rank {self.rank} of an MPI communicator waited {waited:.0f} s for others"
                raise TimeoutError(f"{text}; {TIMEOUT} is {self.timeout:g}")
            if waited > SPIN:
                time.sleep(PAUSE)

    def _collective(self, start: Any, mine: np.ndarray, found: np.ndarray) -> np.ndarray:
        """Result of a collective operation, within the timeout."""
        underway = Underway()
        underway.memory += [mine, found]
        underway.others.append(start(mine, found))
        self._wait(underway)
        return found

    def gather(self, numbers: Sequence[float]) -> np.ndarray:
        """By an allgather."""
        mine = np.asarray(list(numbers), dtype=np.float64)
        return self._collective(self.comm.Iallgather, mine, np.empty((self.size, mine.size)))

    def _all_reduce(self, t: Array, how: Any) -> Array:
        mine = np.array(to_numpy(t), order="C")
        start = functools.partial(self.comm.Iallreduce, op=how)
        return array_like(self._collective(start, mine, np.empty_like(mine)), t)

    def sum(self, t: Array) -> Array:
        """By an allreduce in main memory."""
        return self._all_reduce(t, MPI.SUM)

    def max(self, t: Array) -> Array:
        """By an allreduce in main memory."""
        return self._all_reduce(t, MPI.MAX)

    def exchange(self, sent: list[Any], received: list[Any], to: int, source: int) -> Finish:
        """Nonblocking sends and receives of bytes."""
        for buffer in sent:
            _await_gpu(buffer)
        underway = Underway()
        underway.memory += sent + received
        for buffer in received:
            request = self.comm.Irecv([_buffer(buffer), MPI.BYTE], source, TAG)
            underway.receives.append(request)
        for buffer in sent:
            underway.others.append(self.comm.Isend([_buffer(buffer), MPI.BYTE], to, TAG))
        return lambda: self._wait(underway)

"""An mpi4py communicator as the engine."""

import os
import time
from collections.abc import Sequence
from typing import Any

import array_api_compat as compat
import numpy as np
from mpi4py import MPI

from polycontrast.arrays import Array, namespace, to_numpy
from polycontrast.arrays import like as array_like
from polycontrast.distributed.communicator import Communicator, Finish, MessagePassing

TAG = 7423  # of all our messages, apart from those of the caller
TIMEOUT = "POLYCONTRAST_MPI_TIMEOUT"  # seconds; MPI itself waits for ever
SPIN = 1e-3  # seconds of asking without rest, after which each question is followed by a pause
PAUSE = 1e-4


def wrap(comm: Any) -> Communicator:
    """Communicator of an mpi4py communicator."""
    return MPICommunicator(comm)


def _buffer(x: Any) -> Any:
    """Memory as mpi4py takes it; that of a GPU only where MPI was built for it."""
    return x.numpy() if compat.is_torch_array(x) and x.device.type == "cpu" else x


def _await_gpu(x: Any) -> None:
    """MPI knows no streams: what it shall read must be there."""
    if compat.is_cupy_array(x):
        namespace(x).cuda.get_current_stream().synchronize()
    elif compat.is_torch_array(x) and x.device.type == "cuda":
        namespace(x).cuda.current_stream(x.device).synchronize()


class MPICommunicator(MessagePassing):
    """A process of an MPI communicator.

    A call that takes longer than ``POLYCONTRAST_MPI_TIMEOUT`` seconds (default 1800) raises
    TimeoutError. What happens when a process dies is for MPI to say: most launchers end all others.
    """

    def __init__(self, comm: Any):
        self.comm = comm
        self.rank, self.size = comm.Get_rank(), comm.Get_size()
        self.timeout = float(os.environ.get(TIMEOUT, "1800"))

    def _wait(self, requests: list[Any]) -> None:
        """Wait for all; asking also keeps messages moving."""
        start = time.monotonic()
        while not MPI.Request.Testall(requests):
            waited = time.monotonic() - start
            if waited > self.timeout:
                text = f"rank {self.rank} of an MPI communicator waited {waited:.0f} s for others"
                raise TimeoutError(f"{text}; {TIMEOUT} is {self.timeout:g}")
            if waited > SPIN:
                time.sleep(PAUSE)

    def gather(self, numbers: Sequence[float]) -> np.ndarray:
        """By an allgather that can be waited for with a limit."""
        mine = np.asarray(list(numbers), dtype=np.float64)
        found = np.empty((self.size, mine.size))
        self._wait([self.comm.Iallgather(mine, found)])
        return found

    def _all_reduce(self, t: Array, how: Any) -> Array:
        mine = np.array(to_numpy(t), order="C")
        found = np.empty_like(mine)
        self._wait([self.comm.Iallreduce(mine, found, op=how)])
        return array_like(found, t)

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
        requests = [self.comm.Irecv([_buffer(b), MPI.BYTE], source, TAG) for b in received]
        requests += [self.comm.Isend([_buffer(b), MPI.BYTE], to, TAG) for b in sent]
        return lambda: self._wait(requests)

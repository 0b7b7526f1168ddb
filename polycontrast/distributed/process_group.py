"""The engine for torch, by a process group: gloo on the CPU, NCCL on GPUs."""

import weakref
from collections.abc import Callable, Sequence
from typing import Any

import array_api_compat as compat
import numpy as np
import torch
import torch.distributed as dist

from polycontrast.arrays import Array, like, to_numpy
from polycontrast.distributed.communicator import Communicator, Finish, Ledger, MessagePassing

_LEDGERS: weakref.WeakKeyDictionary[Any, Ledger] = weakref.WeakKeyDictionary()


def wrap(group: Any) -> Communicator:
    """Communicator for a process group."""
    return ProcessGroupCommunicator(group)


def _tensor(x: Any) -> torch.Tensor:
    """A tensor that shares the memory of an array."""
    if isinstance(x, torch.Tensor):
        return x
    if isinstance(x, np.ndarray):
        # torch warns about read-only memory, even if it only reads from it.
        return torch.from_numpy(x if x.flags.writeable else x.copy())
    return torch.from_dlpack(x)


def _reaches_main_memory(group: Any) -> bool:
    return "cpu:" in dist.get_backend_config(group)


class ProcessGroupCommunicator(MessagePassing):
    """A process of a group; a call that takes longer than the timeout of the group raises."""

    def __init__(self, group: Any):
        self.group, self.ledger = group, _LEDGERS.setdefault(group, Ledger())
        self.rank, self.size = dist.get_rank(group), dist.get_world_size(group)
        if self.rank < 0:
            raise ValueError("comm must be a group that this process belongs to")

    def gather(self, numbers: Sequence[float]) -> np.ndarray:
        """By all_gather, in main memory if the group can send from it."""
        where = "cpu" if _reaches_main_memory(self.group) else torch.cuda.current_device()
        mine = torch.tensor(list(numbers), dtype=torch.float64, device=where)
        parts = [torch.empty_like(mine) for _ in range(self.size)]
        dist.all_gather(parts, mine, group=self.group)
        return torch.stack(parts).cpu().numpy()

    def _all_reduce(self, t: Array, how: Any) -> Array:
        if isinstance(t, torch.Tensor):
            made = t.clone()
            dist.all_reduce(made, op=how, group=self.group)
            return made
        if compat.is_cupy_array(t):
            made = t.copy()
            dist.all_reduce(torch.from_dlpack(made), op=how, group=self.group)
            return made
        home = torch.from_numpy(np.array(to_numpy(t)))
        dist.all_reduce(home, op=how, group=self.group)
        return like(home.numpy(), t)

    def sum(self, t: Array) -> Array:
        """By all_reduce."""
        return self._all_reduce(t, dist.ReduceOp.SUM)

    def max(self, t: Array) -> Array:
        """By all_reduce."""
        return self._all_reduce(t, dist.ReduceOp.MAX)

    def exchange(self, sent: list[Any], received: list[Any], to: int, source: int) -> Finish:
        """Sends and receives in one batch; separate ones could deadlock with NCCL."""
        peers = [dist.get_global_rank(self.group, r) for r in (to, source)]
        out, into = [_tensor(b) for b in sent], [_tensor(b) for b in received]
        steps = [dist.P2POp(dist.isend, t, peers[0], self.group) for t in out]
        steps += [dist.P2POp(dist.irecv, t, peers[1], self.group) for t in into]
        works = dist.batch_isend_irecv(steps) if steps else []

        def finish() -> None:
            for work in works:
                work.wait()
            out.clear()  # kept until now, because the engine reads this memory

        return finish


def through_module(wrap: Callable[[Any], Any], where: Array) -> Callable[[np.ndarray], Array]:
    """Function that returns the gradient of a parameter after a wrapped module has joined it."""
    device = where.device if isinstance(where, torch.Tensor) else torch.device("cpu")

    class Planted(torch.nn.Module):  # type: ignore[misc]
        """A module whose parameter has a given gradient."""

        def __init__(self, gradient: torch.Tensor):
            super().__init__()
            self.parameter = torch.nn.Parameter(torch.zeros_like(gradient))

        def forward(self, gradient: torch.Tensor) -> torch.Tensor:
            return torch.sum(self.parameter * gradient)

    def trainer(gradient: np.ndarray) -> Array:
        planted = torch.tensor(gradient, device=device)
        module = Planted(planted)
        wrapped = wrap(module)  # kept in a variable until the gradient is computed
        wrapped(planted).backward()
        return module.parameter.grad

    return trainer

"""One of two processes under gloo, which does all jobs and writes what it found.

``rank_jobs.py FOLDER RANK``. Importing torch takes seconds, so one start serves all tests.
"""

import copy
import pickle
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

import polycontrast as pc
from polycontrast.torch import Learnable, Loss, chunked_loss

SIZE, WIDTH, D, SPLIT = 2, 5, 3, (0, 5, 9)
"""Ranks, widths, and the rows of each rank."""


def batch():
    """All samples, the same on every rank."""
    return torch.from_numpy(np.random.default_rng(0).normal(size=(2, SPLIT[-1], WIDTH))).float()


class Model(nn.Module):
    """Two towers and a loss that all ranks share; `forward` is a training step."""

    def __init__(self, chunk_size=None, comm="world"):
        super().__init__()
        torch.manual_seed(0)
        self.first = nn.Sequential(nn.Linear(WIDTH, 7), nn.Tanh(), nn.Linear(7, D))
        self.second = nn.Linear(WIDTH, D)
        self.chunk_size = chunk_size
        temperature = Learnable(0.5, min=0.01)
        self.loss = Loss(pc.info_nce, comm=comm, temperature=temperature, diagnostics=True)

    def forward(self, x, y):
        if self.chunk_size is None:
            return self.loss(self.first(x), self.second(y))
        encoders = (self.first, self.second)
        return chunked_loss(self.loss, encoders, (x, y), chunk_size=self.chunk_size)


def result(value, model):
    """Value and gradients as NumPy arrays."""
    grads = {n: p.grad for n, p in model.named_parameters()}
    full = {n: g.full_tensor() if hasattr(g, "full_tensor") else g for n, g in grads.items()}
    return value.item(), {n.removeprefix("module."): g.numpy() for n, g in full.items()}


def parallel(model, **options):
    return nn.parallel.DistributedDataParallel(model, **options)


def calls(rows):
    """The default group, found by calls of objectives on NumPy arrays and on tensors."""
    x, y = rows
    found = [
        pc.info_nce(t, u, comm="world", temperature=0.5)
        for t, u in ((x, y), (x.double(), y.double()))
    ]
    found.append(pc.info_nce(x.numpy(), y.numpy(), comm="world", temperature=0.5))
    return [float(t) for t in found]


def whole_model(rows, chunk_size=None, **options):
    """A model with its loss inside DDP, as Lightning wraps it."""
    model = Model(chunk_size)
    wrapped = parallel(model, **options)
    value = wrapped(*rows)
    value.backward()
    return result(value, model)


def wrapped_encoders(rows):
    """Encoders that are wrapped one by one; the loss is outside."""
    model = Model()
    towers = [parallel(model.first), parallel(model.second)]
    value = chunked_loss(model.loss, towers, rows, chunk_size=2)
    value.backward()
    return result(value, model)


def sharded(rows, chunk_size=None):
    """FSDP2: parameters are split over the ranks, that of the temperature as well."""
    from torch.distributed.fsdp import fully_shard

    model, mesh = Model(chunk_size), torch.distributed.init_device_mesh("cpu", (SIZE,))
    fully_shard(model.first, mesh=mesh)
    fully_shard(model, mesh=mesh)
    value = model(*rows)
    value.backward()
    return result(value, model)


def copies(rows):
    """Moving averages, copies and pickles compute what the model does."""
    model = Model()
    average = torch.optim.swa_utils.AveragedModel(model)
    average.update_parameters(model)
    others = [average, copy.deepcopy(model), pickle.loads(pickle.dumps(model))]
    return [m(*rows).item() for m in (model, *others)]


def main(folder, rank):
    """Do every job and write the results."""
    torch.set_num_threads(1)
    early = Model()  # before there is a group
    alone = early(*batch()).item()
    torch.distributed.init_process_group(
        "gloo", init_method=f"file://{folder}/group", rank=rank, world_size=SIZE
    )
    rows = list(batch()[:, SPLIT[rank] : SPLIT[rank + 1]])
    found = {
        "alone": alone,
        "calls": calls(rows),
        "early": early(*rows).item(),
        "diagnostics": {n: float(t) for n, t in early.loss.diagnostics.items()},
        "plain": whole_model(rows),
        "chunks": whole_model(rows, 2),
        "chunks, unused sought": whole_model(rows, 2, find_unused_parameters=True),
        "encoders": wrapped_encoders(rows),
        "copies": copies(rows),
        "sharded": sharded(rows),
        "sharded chunks": sharded(rows, 3),
    }
    Path(folder, f"{rank}.pickle").write_bytes(pickle.dumps(found))
    torch.distributed.destroy_process_group()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

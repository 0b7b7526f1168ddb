"""One rank under a real engine: does all jobs of that engine, writes what it got.

``rank_program.py gloo FOLDER RANK SIZE`` or ``mpiexec -n SIZE python rank_program.py mpi FOLDER``.
Starting processes and importing torch take seconds, so that one start serves all tests: what needs
fewer ranks is done by a group of the first ones. With ``gloo-every`` and ``mpi-every`` the only job
is the values of every case.
"""

import datetime
import os
import pickle
import sys
import time
import tracemalloc
from pathlib import Path

import numpy as np
from battery.cases import all_cases
from battery.scopes import representatives
from shares import SPLITS, check_share, compute_share, is_shared

import polycontrast as pc
from polycontrast.testing import check_distributed

__all__ = ["SIZES", "TIMEOUT", "check_values", "jobs", "whole_hessian"]

TIMEOUT = 5  # seconds that those wait whose neighbour dies or lags
WRT = ("x", "y", "temperature")
SIZES = {"gloo": (1, 2, 3, 5), "mpi": (1, 2, 3)}


def jobs(size, every=False):
    """Cases and splits for so many ranks: the representatives, or every case there is."""
    cases = filter(is_shared, all_cases() if every else representatives())
    splits = SPLITS[size]
    return [(case, splits[number % len(splits)]) for number, case in enumerate(cases)]


def check_values(found, size, every=False):
    """Compare what each of the ranks got in all jobs with the result of one process."""
    for rank in range(size):
        got = found[rank][f"values on {size}"]
        for (case, split), share in zip(jobs(size, every), got, strict=True):
            check_share(case, split, rank, share)


def values(comm, rank, size, torch, every=False):
    """Every job in turn: NumPy arrays, and where there is torch every other time its tensors."""
    found = []
    for number, (case, split) in enumerate(jobs(size, every)):
        kinds = {}
        if torch is not None and number % 2:
            kinds = dict(make=torch.from_numpy, read=lambda t: t.numpy())
        options = dict(tile=(2, 2)) if number % 4 < 2 else {}
        found.append(compute_share(case, split, rank, comm, workers=1, **kinds, **options))
    return found


def memory(comm, rank, size, torch):
    """Peak of NumPy's bytes during a call, as a multiple of the bytes of the rank's rows."""
    rng = np.random.default_rng(rank)
    x, y = rng.normal(size=(2, 1000, 32))
    options = dict(comm=comm, tile=(50, 50), workers=1)
    pc.info_nce.value_and_grad(x[:50], y[:50], **options)
    tracemalloc.start()
    pc.info_nce.value_and_grad(x, y, **options)
    return tracemalloc.get_traced_memory()[1] / (x.nbytes + y.nbytes)


def certificates(comm, rank, size, torch):
    """What `check_distributed` says of a wrapper that averages, under both rules.

    The example of the documentation does this with DDP, whose import alone takes seconds.
    """

    def averaged(grad):
        total = grad.clone()
        torch.distributed.all_reduce(total, group=comm)
        return total / size

    def wrap(module):
        module.parameter.register_hook(averaged)
        return module

    reports = [
        check_distributed(pc.nt_xent, comm, wrap=wrap, gradients=rule)
        for rule in ("average", "sum")
    ]
    like = torch.zeros((), dtype=torch.float32)
    reports.append(check_distributed(pc.poly_view, comm, wrap=wrap, like=like))
    return [(bool(report), str(report)) for report in reports]


def hessian(comm, rank, size, torch):
    """A rank's part of the Hessian-vector product of rows that `whole_hessian` has as a whole."""
    mine = np.random.default_rng(9).normal(size=(4, size, 3, 4))[:, rank]
    make = torch.from_numpy if torch is not None else np.asarray
    x, y, u, v = (make(np.ascontiguousarray(t)) for t in mine)
    products = pc.info_nce.hvp((x, y), (u, v, 0.5), wrt=WRT, temperature=0.2, comm=comm)
    return [np.asarray(t) for t in products]


def whole_hessian(rank, size):
    """What `hessian` should give: the average over the ranks is exact."""
    rows = np.random.default_rng(9).normal(size=(4, size, 3, 4))
    x, y, u, v = rows.reshape(4, 3 * size, 4)
    whole = pc.info_nce.hvp((x, y), (u, v, 0.5), wrt=WRT, temperature=0.2)
    part = slice(3 * rank, 3 * rank + 3)
    return whole.x[part] * size, whole.y[part] * size, whole.temperature


def errors(comm, rank, size, torch):
    """A rank that refuses its arguments; ranks that make different calls."""
    x = np.ones((3, 4))
    texts = []
    for arrays, options in (
        ((x, x[:, :3] if rank == 1 else x), {}),
        ((x, x), dict(label_smoothing=0.1 * (rank == 1))),
        ((x, x), dict(temperature=np.asarray(0.25 if rank == 1 else 0.5))),
        ((x, x), dict(tile=0) if rank == 1 else {}),
    ):
        try:
            pc.info_nce(*arrays, comm=comm, **options)
        except (ValueError, RuntimeError) as error:
            texts.append(f"{type(error).__name__}: {error}")
    return texts


def death(comm, rank, size, torch):
    """Rank 1 dies in the middle of a call. It has written what it found before."""
    x = np.random.default_rng(rank).normal(size=(4, 3))
    pc.info_nce(x, x, comm=comm)
    if rank == 1:
        from polycontrast.similarity.walks import eager

        eager.states_of = lambda *_: os._exit(7)
    return how_it_ends(comm, x)


def lag(comm, rank, size, torch):
    """Rank 1 comes too late."""
    x = np.random.default_rng(rank).normal(size=(4, 3))
    pc.info_nce(x, x, comm=comm)
    if rank == 1:
        time.sleep(TIMEOUT + 4)
    return how_it_ends(comm, x)


def how_it_ends(comm, x):
    start = time.monotonic()
    try:
        pc.info_nce(x, x, comm=comm)
    except RuntimeError as error:  # gloo's own
        return time.monotonic() - start, str(error)
    return time.monotonic() - start, None


def write(folder, rank, found):
    (folder / f"{rank}.pickle").write_bytes(pickle.dumps(found))


def gloo(folder, rank, size, every):
    """Every job under torch's gloo."""
    import torch
    import torch.distributed as dist

    def group(size, seconds=120):
        return dist.new_group(range(size), timeout=datetime.timedelta(seconds=seconds))

    torch.set_num_threads(1)
    meeting = (Path(folder) / "meeting").as_uri()
    dist.init_process_group("gloo", init_method=meeting, rank=rank, world_size=size)
    if every:
        return {f"values on {size}": values(group(size), rank, size, torch, every)}
    plan = [(f"values on {n}", values, group(n), n) for n in SIZES["gloo"]]
    three = group(3)
    plan += [(job.__name__, job, three, 3) for job in (memory, certificates, errors, hessian)]
    plan += [("lag", lag, group(2, TIMEOUT), 2), ("death", death, group(3, TIMEOUT), 3)]
    found = {}
    for name, job, comm, count in plan:
        if rank < count:
            found[name] = None
            if name == "death":
                dist.barrier(three)  # some come from waiting, some do not
                write(folder, rank, found)
            found[name] = job(comm, rank, count, torch)
    return found


def mpi(every):
    """Every job under MPI, where the death of a rank is the end of all."""
    from mpi4py import MPI

    world, found = MPI.COMM_WORLD, {}
    if every:
        found[f"values on {world.size}"] = values(world, world.rank, world.size, None, every)
        return found, world.rank
    for count in SIZES["mpi"]:
        comm = world.Split(world.rank < count, world.rank)
        if world.rank < count:
            found[f"values on {count}"] = values(comm, world.rank, count, None)
    found["hessian"] = hessian(world, world.rank, world.size, None)
    found["errors"] = errors(world, world.rank, world.size, None)
    found["reports"] = [
        str(check_distributed(pc.nt_xent, world, trainer=trainer, gradients=rule))
        for trainer, rule in (
            (lambda g: world.allreduce(g) / world.size, "average"),
            (lambda g: world.allreduce(g), "sum"),
            (lambda g: world.allreduce(g), "average"),
        )
    ]
    return found, world.rank


if __name__ == "__main__":
    engine, _, every = sys.argv[1].partition("-")
    folder = Path(sys.argv[2])
    if engine == "gloo":
        rank = int(sys.argv[3])
        found = gloo(folder, rank, int(sys.argv[4]), every)
    else:
        found, rank = mpi(every)
    write(folder, rank, found)
    if engine == "gloo":
        os._exit(0)  # it takes seconds to say goodbye, and more where a rank is dead

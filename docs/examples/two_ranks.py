"""One batch on two processes, trained with DDP: ``python two_ranks.py``."""

import tempfile
from pathlib import Path

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

import polycontrast as pc
from polycontrast.testing import check_distributed


def train(rank: int, meeting: str) -> None:
    dist.init_process_group("gloo", init_method=meeting, rank=rank, world_size=2)
    group = dist.group.WORLD
    # Once, in the launcher that will train: is this what one process would compute?
    report = check_distributed(pc.info_nce, group, wrap=DistributedDataParallel)
    report.raise_on_failure()

    torch.manual_seed(0)
    encoder = DistributedDataParallel(torch.nn.Linear(12, 4))
    optimiser = torch.optim.SGD(encoder.parameters(), lr=0.1)
    torch.manual_seed(rank)
    seen = torch.randn(5 + rank, 12)  # as many samples as this rank has
    views = torch.cat([seen, seen + 0.1 * torch.randn_like(seen)])
    for _ in range(3):
        x, y = encoder(views).chunk(2)
        loss, grads = pc.info_nce.value_and_grad(x, y, temperature=0.2, comm=group)
        optimiser.zero_grad()
        torch.autograd.backward([x, y], [grads.x, grads.y])  # DDP averages what comes of it
        optimiser.step()
        if rank == 0:
            print(f"loss of all 11 samples: {float(loss):.4f}")
    dist.destroy_process_group()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        torch.multiprocessing.spawn(train, ((Path(folder) / "meeting").as_uri(),), nprocs=2)

"""One batch on two processes, trained with DDP: ``python two_ranks.py``."""

import tempfile
from pathlib import Path

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

import polycontrast as pc
from polycontrast.torch import Learnable, Loss


def train(rank: int, meeting: str) -> None:
    dist.init_process_group("gloo", init_method=meeting, rank=rank, world_size=2)
    group = dist.group.WORLD

    torch.manual_seed(0)
    encoder = DistributedDataParallel(torch.nn.Linear(12, 4))
    loss = Loss(pc.info_nce, temperature=Learnable(0.2), comm=group)
    optimizer = torch.optim.SGD([*encoder.parameters(), *loss.parameters()], lr=0.1)

    torch.manual_seed(rank)
    seen = torch.randn(5 + rank, 12)  # as many samples as this rank has
    views = torch.cat([seen, seen + 0.1 * torch.randn_like(seen)])
    for _ in range(3):
        x, y = encoder(views).chunk(2)
        value = loss(x, y)  # of all 11 samples, the same number on both ranks
        optimizer.zero_grad()
        value.backward()  # DDP averages the gradients of the encoder
        optimizer.step()
        if rank == 0:
            print(f"loss of all 11 samples: {value.item():.4f}")
    if rank == 0:
        print(f"temperature: {loss.temperature().item():.4f}")
    dist.destroy_process_group()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        torch.multiprocessing.spawn(train, ((Path(folder) / "meeting").as_uri(),), nprocs=2)

"""Gradients of losses of other packages over two ranks, beside that of the whole batch.

    python3 benchmarks/world_size.py

runs in the environment that `benchmarks/frameworks.py` makes. Two processes share a batch. Each
computes the loss of a package with its options for several devices. As in DDP, the gradients of the
ranks by a shared matrix are averaged. The table shows the best factor between this average and the
gradient of the loss of the whole batch, and what is left of the difference. It goes to
``docs/_tables/coming_from/world_size.md``.
"""

import importlib
import json
import os
import sys
import tempfile
import warnings
from pathlib import Path

import torch
import torch.distributed as dist
import torch.multiprocessing as mp

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "compat"))

from record import INSTALLED, allow_imports  # noqa: E402

WORLD, ROWS, WIDTH = 2, 8, 6
CLIP = [
    ("open_clip", name, {"local_loss": local, "gather_with_grad": grad})
    for name in ("ClipLoss",)
    for local in (False, True)
    for grad in (False, True)
]
CALLS = [
    *CLIP,
    ("open_clip", "SigLipLoss", {}),
    ("lightly", "NTXentLoss", {"gather_distributed": True}),
    ("lightly", "DCLLoss", {"gather_distributed": True}),
    ("lightly", "BarlowTwinsLoss", {"gather_distributed": True}),
    ("lightly", "VICRegLoss", {"gather_distributed": True}),
    ("sentence_transformers", "MultipleNegativesRankingLoss", {"gather_across_devices": True}),
]


def batch():
    """Both inputs of the whole batch, and the shared matrix."""
    make = torch.Generator().manual_seed(0)
    x = torch.randn(ROWS, WIDTH, generator=make, dtype=torch.float64)
    y = x + torch.randn(ROWS, WIDTH, generator=make, dtype=torch.float64)
    return x, y, torch.eye(WIDTH, dtype=torch.float64)


def value(module, name, options, x, y, shared):
    """Loss of the rows of one rank, through the shared matrix."""
    a, b = x @ shared, y @ shared
    if name == "MultipleNegativesRankingLoss":
        loss = module.MultipleNegativesRankingLoss(torch.nn.Identity(), **options)
        return loss.compute_loss_from_embeddings([a, b], None)
    loss = getattr(module, name)(**options)
    if "open_clip" in module.__name__:
        a, b = (torch.nn.functional.normalize(t, dim=1) for t in (a, b))
        scale = torch.tensor(10.0, dtype=a.dtype)
        return loss(a, b, scale, *([scale - 13] if name == "SigLipLoss" else []))
    return loss(a, b)


def over_ranks(rank, port, path):
    """Averaged gradients of all calls, written by the first rank."""
    os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    warnings.simplefilter("ignore")
    dist.init_process_group("gloo", rank=rank, world_size=WORLD)
    allow_imports()
    found, own = [], slice(rank * ROWS // WORLD, (rank + 1) * ROWS // WORLD)
    for package, name, options in CALLS:
        given = options | ({"rank": rank, "world_size": WORLD} if package == "open_clip" else {})
        x, y, shared = batch()
        shared.requires_grad_()
        module = importlib.import_module(INSTALLED[package])
        loss = value(module, name, given, x[own], y[own], shared)
        loss.backward()
        dist.all_reduce(shared.grad)
        mean = loss.detach().clone()
        dist.all_reduce(mean)
        found.append(((mean / WORLD).item(), (shared.grad / WORLD).tolist()))
    if rank == 0:
        Path(path).write_text(json.dumps(found))
    dist.destroy_process_group()


def main():
    """Write the table."""
    from polycontrast.bench import setting, write_markdown

    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "found.json"
        mp.spawn(over_ranks, (29567, str(path)), WORLD)
        found = json.loads(path.read_text())
    rows = []
    for (package, name, options), (mean, grad) in zip(CALLS, found, strict=True):
        x, y, shared = batch()
        shared.requires_grad_()
        ours = importlib.import_module(f"polycontrast.compat.{package}")
        whole = value(ours, name, {}, x, y, shared)
        whole.backward()
        theirs, true = torch.tensor(grad, dtype=torch.float64), shared.grad
        factor = ((theirs * true).sum() / (true * true).sum()).item()
        left = ((theirs - factor * true).norm() / theirs.norm()).item()
        shown = ", ".join(f"{k}={v}" for k, v in options.items()) or "default"
        rest = f"{left:.0e}".replace("-", "\N{NON-BREAKING HYPHEN}")
        ratios = f"{mean / whole.item():.3f}", f"{factor:.3f}", rest
        rows.append([f"`{name}` of {package}", shown, *ratios])
    columns = ["loss", "options", "value, over the whole", "gradient, over the whole", "left"]
    path = ROOT / "docs" / "_tables" / "coming_from" / "world_size.md"
    write_markdown(path, columns, rows, setting(["polycontrast", "torch"]))
    print(path.read_text())


if __name__ == "__main__":
    main()

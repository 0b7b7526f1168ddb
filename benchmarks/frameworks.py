"""Losses through torch and JAX, ours beside those that people use, on the same inputs.

    python3 benchmarks/frameworks.py

makes a virtual environment of its own in ``.venv-frameworks`` with the peers at the versions pinned
below and runs itself in it. Values are compared first. Then ours and each peer take turns, value
and gradient with respect to both embeddings; the table has medians and their ratio. Peak memory is
that of a fresh process for each, less the process's peak before the call. Results are written to
``benchmarks/results/frameworks.csv`` and ``docs/_tables/frameworks.md``.
"""

import argparse
import csv
import datetime
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
ENVIRONMENT = ROOT / ".venv-frameworks"
PEERS = (
    "torch==2.13.0",
    "open_clip_torch==3.3.0",
    "lightly==1.6.0",
    "sentence-transformers==6.2.0",
    "pytorch-metric-learning==2.9.0",
    "optax==0.2.8",
    "jax==0.10.2",
)
TAU = 0.07
SCALE = 1 / TAU


def in_own_environment():
    """Make the environment if it is not there, and run this file in it."""
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
        pip = [str(python), "-m", "pip", "install", "-q"]
        subprocess.run([*pip, PEERS[0]], check=True)
        subprocess.run([*pip, *PEERS, str(ROOT)], check=True)
    os.execv(python, [str(python), *sys.argv, "--here"])


# Each entry makes a function of two NumPy arrays that returns value and both gradients.


def allow_torchvision():
    """Let peers import torchvision beside a torch of another build.

    Its compiled operators then do not load. No loss needs one, but its import names two of them.
    """
    import torch

    try:
        import torchvision  # noqa: F401
    except RuntimeError:
        for name in [m for m in sys.modules if m.startswith("torchvision")]:
            del sys.modules[name]
        for name in ("nms", "qnms"):
            schema = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
            torch.library.define(f"torchvision::{name}", schema)


def torch_loss(function):
    """Value and gradients of a torch function by its backward."""
    import torch

    def call(x, y):
        a, b = (torch.from_numpy(t).requires_grad_() for t in (x, y))
        value = function(a, b)
        value.backward()
        return value.item(), a.grad.numpy(), b.grad.numpy()

    return call


def jax_loss(function):
    """Value and gradients of a JAX function, compiled."""
    import jax
    import numpy as np

    compiled = jax.jit(jax.value_and_grad(function, argnums=(0, 1)))

    def call(x, y):
        value, (gx, gy) = compiled(x, y)
        return float(value), np.asarray(gx), np.asarray(gy)

    return call


def unit(t):
    """Rows of unit length, in torch."""
    import torch

    return torch.nn.functional.normalize(t, dim=-1)


def ours(name, **parameters):
    """One of our objectives on torch tensors."""

    def make():
        import polycontrast as pc

        objective = pc.objectives()[name]
        return torch_loss(lambda x, y: objective(x, y, **parameters))

    return make


def ours_in_jax():
    """`info_nce` under `jax.jit`."""
    import polycontrast as pc

    return jax_loss(lambda x, y: pc.info_nce(x, y, temperature=TAU))


def open_clip():
    """ClipLoss of open_clip, which takes normalised features."""
    import torch
    from open_clip.loss import ClipLoss

    loss, scale = ClipLoss(), torch.tensor(SCALE)
    return torch_loss(lambda x, y: loss(unit(x), unit(y), scale))


def open_clip_siglip():
    """SigLipLoss of open_clip."""
    import torch
    from open_clip.loss import SigLipLoss

    loss, scale, bias = SigLipLoss(), torch.tensor(10.0), torch.tensor(-10.0)
    return torch_loss(lambda x, y: loss(unit(x), unit(y), scale, bias))


def lightly():
    """NTXentLoss of lightly, which normalises."""
    from lightly.loss import NTXentLoss

    loss = NTXentLoss(temperature=TAU)
    return torch_loss(lambda x, y: loss(x, y))


def metric_learning():
    """NTXentLoss of pytorch-metric-learning."""
    import torch
    from pytorch_metric_learning.losses import NTXentLoss

    loss = NTXentLoss(temperature=TAU)

    def call(x, y):
        labels = torch.arange(len(x)).repeat(2)
        return loss(torch.cat([x, y]), labels)

    return torch_loss(call)


def sentence_transformers():
    """MultipleNegativesRankingLoss: queries against documents, one direction."""
    import torch
    from sentence_transformers import util

    def call(x, y):
        scores = util.cos_sim(x, y) * SCALE
        return torch.nn.functional.cross_entropy(scores, torch.arange(len(x)))

    return torch_loss(call)


def cached_sentence_transformers():
    """The loss stage of CachedMultipleNegativesRankingLoss, its default mini-batches of 32."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.losses import CachedMultipleNegativesRankingLoss

    model = SentenceTransformer(modules=[torch.nn.Identity()], device="cpu")
    loss = CachedMultipleNegativesRankingLoss(model, scale=SCALE, mini_batch_size=32)

    def call(x, y):
        chunks = [[c.detach().requires_grad_() for c in t.split(32)] for t in (x, y)]
        value = loss.calculate_loss(chunks, with_backward=True)
        gx, gy = (torch.cat([c.grad for c in t]) for t in chunks)
        return value.detach(), gx, gy

    def numbers(x, y):
        value, gx, gy = call(torch.from_numpy(x), torch.from_numpy(y))
        return value.item(), gx.numpy(), gy.numpy()

    return numbers


def plain(x, y):
    """The formula of `info_nce` in torch."""
    import torch

    logits = unit(x) @ unit(y).T / TAU
    target = torch.arange(len(x))
    entropy = torch.nn.functional.cross_entropy
    return (entropy(logits, target) + entropy(logits.T, target)) / 2


def compiled_formula():
    """The formula under `torch.compile`."""
    import torch

    return torch_loss(torch.compile(plain))


def jax_formula():
    """The formula under `jax.jit`."""
    import jax
    import jax.numpy as jnp

    def formula(x, y):
        a, b = (t / jnp.linalg.norm(t, axis=1, keepdims=True) for t in (x, y))
        logits = a @ b.T / TAU
        rows = jax.nn.logsumexp(logits, axis=1)
        columns = jax.nn.logsumexp(logits, axis=0)
        return jnp.mean((rows + columns) / 2 - jnp.diagonal(logits))

    return jax_loss(formula)


def optax_ntxent():
    """Ntxent of optax."""
    import jax.numpy as jnp
    import optax

    def loss(x, y):
        labels = jnp.tile(jnp.arange(x.shape[0]), 2)
        return optax.losses.ntxent(jnp.concatenate([x, y]), labels, temperature=TAU)

    return jax_loss(loss)


INFO = ours("info_nce", temperature=TAU)
PAIRS = {
    # Name of the peer: the peer, ours, and whether their values are comparable.
    "open_clip ClipLoss": (open_clip, INFO, True),
    "torch.compile of the formula": (compiled_formula, INFO, True),
    "open_clip SigLipLoss": (
        open_clip_siglip,
        ours("sigmoid_contrastive", temperature=0.1, bias=-10.0),
        True,
    ),
    "lightly NTXentLoss": (lightly, ours("nt_xent", temperature=TAU), True),
    "pytorch-metric-learning NTXentLoss": (
        metric_learning,
        ours("nt_xent", temperature=TAU),
        True,
    ),
    "sentence-transformers MNRL": (
        sentence_transformers,
        ours("info_nce", temperature=TAU, symmetric=False),
        True,
    ),
    "sentence-transformers CachedMNRL": (
        cached_sentence_transformers,
        ours("info_nce", temperature=TAU, symmetric=False),
        True,
    ),
    "jax.jit of the formula": (jax_formula, ours_in_jax, True),
    "optax ntxent": (optax_ntxent, ours("nt_xent", temperature=TAU), True),
}


def inputs(rows, depth):
    """Two related sets of rows, in float32."""
    import numpy as np

    rng = np.random.default_rng(0)
    x = rng.normal(size=(rows, depth)).astype(np.float32)
    return x, (x + 2 * rng.normal(size=x.shape)).astype(np.float32)


def seconds(function, x, y):
    """Wall time of one call."""
    start = time.perf_counter()
    function(x, y)
    return time.perf_counter() - start


def compare(name, rows, depth, runs):
    """Medians of both sides in turn, after a look at their values and gradients."""
    import numpy as np

    make_peer, make_ours, same = PAIRS[name]
    x, y = inputs(rows, depth)
    peer, mine = make_peer(), make_ours()
    (value, *grads), (other, *other_grads) = mine(x, y), peer(x, y)
    if same:
        assert abs(value - other) <= 1e-4 * abs(other), (name, value, other)
        for g, h in zip(grads, other_grads, strict=True):
            worst = np.abs(g - h).max() / np.abs(h).max()
            assert worst < 2e-3, (name, worst)
    times = [(seconds(mine, x, y), seconds(peer, x, y)) for _ in range(runs)]
    return [statistics.median(t) for t in zip(*times, strict=True)]


def peak(name, side, rows, depth):
    """Extra peak memory in MiB of one call, in a process of its own; None where it fails."""
    command = [sys.executable, __file__, "--here", "--peak", name, side, str(rows), str(depth)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return float(done.stdout.split()[-1]) if done.returncode == 0 else None


def one_peak(name, side, rows, depth):
    """Print by how much one call raises this process's peak (a small call goes before it)."""
    make_peer, make_ours, _ = PAIRS[name]
    function = (make_peer if side == "peer" else make_ours)()
    function(*inputs(64, depth))
    x, y = inputs(rows, depth)
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts from what is held now
    before = peak_of_process()
    function(x, y)
    print((peak_of_process() - before) / 1024)


def peak_of_process():
    """Peak resident memory in KiB, since it was last reset (Linux)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM")))


def processor():
    """Name of the processor and how many there are."""
    info = Path("/proc/cpuinfo")
    names = []
    if info.exists():
        lines = info.read_text().splitlines()
        names = [x.split(":")[1].strip() for x in lines if x.startswith("model name")]
    return f"{names[0] if names else platform.machine()}, {len(os.sched_getaffinity(0))} cores"


COLUMNS = ("peer", "B", "D", "ours ms", "peer ms", "ratio", "ours MiB", "peer MiB")


def main():
    """Run all pairs and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--here", action="store_true", help="use the environment as it is")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--rows", type=int, default=4096)
    parser.add_argument("--depth", type=int, default=512)
    parser.add_argument("--large", type=int, default=16384, help="rows at which memory is compared")
    parser.add_argument("--only", help="parts of peers' names, with commas between")
    parser.add_argument("--peak", nargs=4, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if not args.here:
        in_own_environment()
    allow_torchvision()
    if args.peak:
        name, side, rows, depth = args.peak
        one_peak(name, side, int(rows), int(depth))
        return

    def wanted(name):
        return not args.only or any(part in name for part in args.only.split(","))

    table = []
    for name in PAIRS:
        if not wanted(name):
            continue
        # pytorch-metric-learning meets every positive with all (2B)^2 negatives: 34 GB at B = 1024.
        rows = min(args.rows, 256) if "metric" in name else args.rows
        mine, other = compare(name, rows, args.depth, args.runs)
        memory = [peak(name, side, rows, args.depth) for side in ("ours", "peer")]
        row = [name, rows, args.depth, f"{mine * 1e3:.0f}", f"{other * 1e3:.0f}"]
        row += [f"{other / mine:.2f}", *("fails" if m is None else f"{m:.0f}" for m in memory)]
        table.append(row)
        print(dict(zip(COLUMNS, row, strict=True)), flush=True)
    for name in ("open_clip ClipLoss", "lightly NTXentLoss"):
        if not wanted(name):
            continue
        memory = [peak(name, side, args.large, args.depth) for side in ("ours", "peer")]
        shown = ["fails" if m is None else f"{m:.0f}" for m in memory]
        table.append([name, args.large, args.depth, "", "", "", *shown])
        print(dict(zip(COLUMNS, table[-1], strict=True)), flush=True)
    write(table)


def write(table):
    """Write the table for programs and for the documentation."""
    from importlib.metadata import version

    peers = ", ".join(f"{p.split('==')[0]} {version(p.split('==')[0])}" for p in PEERS)
    note = f"{processor()}; {peers}; {datetime.date.today()}"
    path = ROOT / "benchmarks" / "results" / "frameworks.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*COLUMNS, "machine"])
        writer.writerows([*row, note] for row in table)
    lines = ["| " + " | ".join(map(str, row)) + " |" for row in (COLUMNS, ["---"] * 8, *table)]
    text = "\n".join(lines) + f"\n\n{note}.\n"
    (ROOT / "docs" / "_tables" / "frameworks.md").write_text(text)


if __name__ == "__main__":
    main()

"""What the objectives of many views cost: as `plan` predicts, as counted, and as timed.

Writes the tables of `docs/many_views.md`. Run from the root of the project, on a quiet machine,
with torch installed (it counts the operations):

    python docs/pictures/many_views_costs.py
"""

import gc
import os
import platform
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from threadpoolctl import threadpool_limits
from torch.utils._python_dispatch import TorchDispatchMode

import polycontrast as pc
from polycontrast.arrays import generic
from polycontrast.bench import machine

TABLES = Path(__file__).parent.parent / "_tables"
ROUNDS = 11
WORKERS = 1  # one thread everywhere: ratios then say most about the work

M, B, D = 4, 512, 128
PAIRS = (
    ("mv_dhel", {}),
    ("pairwise_sum", {}),
    ("multiview_coding", {"graph": "full"}),
    ("multiview_coding", {"graph": "core"}),
    ("mv_info_nce", {"energy": "cross"}),
    ("mv_info_nce", {"energy": "all"}),
    ("multi_crop", {"pair": "nt_xent"}),
    ("multi_crop", {"pair": "info_nce"}),
    ("multi_crop", {"pair": "dhel"}),
    ("average_view", {"pair": "nt_xent"}),
    ("poly_view", {"aggregation": "geometric"}),
    ("poly_view", {"aggregation": "arithmetic"}),
    ("sufficient_statistics", {"normalize_mean": False}),
    ("sufficient_statistics", {"normalize_mean": True}),
    ("cube_loss", {"negatives": "axis"}),
    ("gram_loss", {}),
    ("gram_volume", {}),
    ("nt_xent", {}),
    ("dhel", {}),
)
CUBE_M, CUBE_B, CUBE_D = 3, 100, 128
TUPLES = (
    ("mv_dhel", {}),
    ("poly_view", {"aggregation": "geometric"}),
    ("cube_loss", {"negatives": "axis"}),
    ("cube_loss", {"similarity": "variance"}),
    ("cube_loss", {"similarity": "deviation"}),
    ("cube_loss", {"similarity": "norm"}),
    ("cube_loss", {"similarity": "product"}),
    ("cube_logits", {"similarity": "deviation"}),
    ("cube_logits", {"similarity": "product"}),
    ("matching_gap", {}),
)
# These move no numbers.
VIEWS = {"view", "_unsafe_view", "slice", "select", "permute", "transpose", "expand", "unsqueeze"}
VIEWS |= {"squeeze", "detach", "alias", "t", "unbind", "split"}


class Counter(TorchDispatchMode):
    """Counts FLOP of products, and passes over arrays of at least `least` entries.

    An operation passes over the largest of its arrays. Arrays with an axis of length `depth` are
    embeddings, and are not counted; neither are products.
    """

    def __init__(self, least: int, depth: int):
        super().__init__()
        self.least, self.depth = least, depth
        self.flops = self.exps = self.passes = 0

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        out = operation(*args, **(kwargs or {}))
        name = operation._schema.name.removeprefix("aten::")
        if name in ("mm", "bmm"):
            self.flops += 2 * out.numel() * args[0].shape[-1]
        elif name not in VIEWS:
            flat = [t for a in (*args, out) for t in (a if isinstance(a, (list, tuple)) else [a])]
            arrays = [t for t in flat if isinstance(t, torch.Tensor)]
            most = max((t.numel() for t in arrays), default=0)
            if most >= self.least and not any(self.depth in t.shape for t in arrays):
                self.passes += most
                self.exps += most if name.rstrip("_") == "exp" else 0
        return out


def shapes(name: str, count: int, batch: int, depth: int) -> list[tuple[int, ...]]:
    """Shapes of the array arguments of a call with `count` views in all."""
    if name in ("nt_xent", "dhel"):
        return [(batch, depth)] * 2
    if name == "gram_loss":
        return [(batch, depth), (count - 1, batch, depth)]
    return [(count, batch, depth)]


def related(wanted: list[tuple[int, ...]]) -> list[np.ndarray]:
    """Noisy copies of one set of rows."""
    rng = np.random.default_rng(0)
    rows = rng.standard_normal(wanted[0][-2:])
    noisy = [rows + 0.5 * rng.standard_normal(shape) for shape in wanted]
    return [t.astype(np.float32) for t in noisy]


def counted(name: str, arrays: list[np.ndarray], params: dict, least: int) -> tuple[Counter, ...]:
    """Operations of the value, and of value and gradient."""
    tensors = [torch.from_numpy(t) for t in arrays]
    objective, depth = getattr(pc, name), arrays[0].shape[-1]
    # Tensors in main memory are NumPy arrays to this library, except here: torch counts.
    with generic(), Counter(least, depth) as value:
        out, back = objective.vjp(*tensors, workers=WORKERS, **params)
    with generic(), Counter(least, depth) as both:
        back(torch.ones_like(out))
    both.flops += value.flops
    both.exps += value.exps
    both.passes += value.passes
    return value, both


def times(calls: list[Callable[[], object]]) -> np.ndarray:
    """Milliseconds (rounds, calls); calls take turns, so what slows the machine slows them all."""
    taken, repeats = np.zeros((ROUNDS, len(calls))), [1] * len(calls)
    for n in range(-1, ROUNDS):  # the first round warms up, and tells short calls
        for k, call in enumerate(calls):
            start = time.perf_counter()
            for _ in range(repeats[k]):
                call()
            taken[n, k] = 1e3 * (time.perf_counter() - start) / repeats[k]
            if n < 0:
                repeats[k] = max(1, round(30 / taken[n, k]))
    return taken


def peak_bytes(call: Callable[[], object]) -> int:
    """Most memory that NumPy held at once beyond what was there before."""
    call()  # what the first call sets up once is not its memory
    gc.collect()
    tracemalloc.start()
    call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def setting() -> str:
    """Processor, cores and versions."""
    return (
        f"{machine()} shared with other work (load {os.getloadavg()[0]:.0f}), "
        f"one thread used; Python {platform.python_version()}, numpy {np.__version__}, "
        f"torch {torch.__version__}"
    )


def label(name: str, params: dict) -> str:
    """The call, as short as it can be said."""
    return f"`{name}`" + "".join(
        f" {v if isinstance(v, str) else k}" for k, v in params.items() if v
    )


def number(x: float) -> str:
    """Three digits."""
    return f"{x:.3g}" if x < 1000 else f"{x:.0f}"


def measure(name: str, params: dict, size: tuple[int, int, int], power: int) -> dict:
    """All figures of one member; counts in units of B^2 D and of B^power."""
    count, batch, depth = size
    wanted = shapes(name, count, batch, depth)
    arrays, objective = related(wanted), getattr(pc, name)
    plan = pc.plan(name, *wanted, workers=WORKERS, **params)
    value, both = counted(name, arrays, params, least=batch**2)
    product, entries = batch**2 * depth, batch**power

    def loss():
        return objective(*arrays, workers=WORKERS, **params)

    def gradient():
        out, back = objective.vjp(*arrays, workers=WORKERS, **params)
        return out, back(np.ones_like(out))

    return {
        "call": label(name, params),
        "plan": (plan.value_flops / product, plan.flops / product),
        "flops": (value.flops / product, both.flops / product),
        "exps": (value.exps / entries, both.exps / entries),
        "passes": (value.passes / entries, both.passes / entries),
        "memory": (plan.bytes / 2**20, peak_bytes(gradient) / 2**20),
        "calls": (loss, gradient),
    }


def measure_all(members: tuple, size: tuple[int, int, int], power: int) -> list[dict]:
    """Figures of all members; ratios to the first are medians over rounds."""
    rows = [measure(name, params, size, power) for name, params in members]
    for k, what in enumerate(("value", "both")):
        taken = times([r["calls"][k] for r in rows])
        ratio = np.median(taken / taken[:, :1], axis=0)
        for r, ms, to_first in zip(rows, np.median(taken, axis=0), ratio, strict=True):
            r[what] = float(ms), float(to_first)
    return rows


def table(rows: list[dict], entries: str) -> str:
    """Markdown: work, and what it takes."""
    text = [
        f"| | `plan`: value, both | counted: value, both | exps / {entries} | passes / {entries} |",
        "| --- | --- | --- | --- | --- |",
    ]
    for r in rows:
        pairs = [", ".join(map(number, r[k])) for k in ("plan", "flops", "exps", "passes")]
        text.append(f"| {r['call']} | " + " | ".join(pairs) + " |")
    text += [
        "",
        "| | `plan`: MiB | measured: MiB | value: ms | both: ms "
        "| value / `mv_dhel` | both / `mv_dhel` |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for r in rows:
        (ms, ratio), (ms_both, ratio_both) = r["value"], r["both"]
        figures = [*r["memory"], ms, ms_both, ratio, ratio_both]
        text.append(f"| {r['call']} | " + " | ".join(map(number, figures)) + " |")
    return "\n".join(text) + "\n"


def main() -> None:
    torch.set_num_threads(1)
    TABLES.mkdir(exist_ok=True)
    with threadpool_limits(1):
        pairs = measure_all(PAIRS, (M, B, D), power=2)
        tuples = measure_all(TUPLES, (CUBE_M, CUBE_B, CUBE_D), power=3)
    parts = {
        "many_views_pairs.md": table(pairs, "$B^2$"),
        "many_views_tuples.md": table(tuples, "$B^3$"),
        "many_views_machine.md": f"{setting()}. Medians of {ROUNDS} rounds, calls in turn.\n",
    }
    for name, text in parts.items():
        (TABLES / name).write_text(text, encoding="utf-8")
        print(text)


if __name__ == "__main__":
    main()

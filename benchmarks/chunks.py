"""A step in chunks against a plain one: bytes that graphs hold, and time.

    pip install torch==2.13.0 . && python benchmarks/chunks.py

A transformer of two layers on token ids, two views, float32, one thread; then the temporaries that
XLA sets aside for a JAX network. The steps take turns; times are CPU time, the smallest of all
rounds, and are printed beside their ratio to the plain step.
"""

import argparse
import csv
import datetime
import platform
import time
from pathlib import Path

import torch
from torch import nn

import polycontrast as pc
from polycontrast.torch import chunked_step

RESULTS = Path(__file__).parent / "results" / "chunks.csv"
BATCH, TOKENS, WIDTH = 256, 16, 64


class Encoder(nn.Module):
    """Token ids to one embedding."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(100, WIDTH)
        layer = nn.TransformerEncoderLayer(WIDTH, 4, 4 * WIDTH, dropout=0.1, batch_first=True)
        self.layers = nn.TransformerEncoder(layer, 2)

    def forward(self, ids):
        return self.layers(self.embed(ids)).mean(dim=1)


class Live:
    """Bytes of different tensors that graphs hold at the same time, and their peak."""

    def __init__(self):
        self.count, self.now, self.peak = {}, 0, 0

    def pack(self, tensor):
        return Held(tensor, self)


class Held:
    """A tensor that a graph has saved; storages that are saved twice count once."""

    def __init__(self, tensor, live):
        self.tensor, self.live = tensor, live
        storage = tensor.untyped_storage()
        self.key, self.bytes = storage.data_ptr(), storage.nbytes()
        live.count[self.key] = live.count.get(self.key, 0) + 1
        if live.count[self.key] == 1:
            live.now += self.bytes
            live.peak = max(live.peak, live.now)

    def __del__(self):
        self.live.count[self.key] -= 1
        if self.live.count[self.key] == 0:
            self.live.now -= self.bytes


def plain(model, views):
    """One graph over the whole batch; the loss in closed form, as in the step in chunks."""
    z = [model(x) for x in views]
    grads = pc.info_nce.value_and_grad(*z)[1]
    torch.autograd.backward(z, [grads.x, grads.y])


def jax_temporaries(sizes):
    """Bytes that XLA sets aside for a network of eight layers, plain and in chunks."""
    import jax
    from jax import numpy as jnp

    from polycontrast.jax import chunked_step

    params = [jax.random.normal(jax.random.key(k), (WIDTH, WIDTH)) / WIDTH**0.5 for k in range(8)]
    views = list(jax.random.normal(jax.random.key(9), (2, 4096, WIDTH)))

    def encode(params, x):
        for w in params:
            x = jnp.tanh(x @ w)
        return x

    def loss(x, y):  # needs D x D products only, so that what is seen is the encoder's
        return jnp.sum((x.T @ y) ** 2) / len(x) ** 2

    def bytes_of(step):
        compiled = jax.jit(step).lower(params, views).compile()
        return compiled.memory_analysis().temp_size_in_bytes

    yield "plain", bytes_of(jax.value_and_grad(lambda p, v: loss(*(encode(p, x) for x in v))))
    for size in sizes:
        step = lambda p, v, size=size: chunked_step(loss, encode, p, v, chunk_size=size)
        yield f"chunks of {size}", bytes_of(step)


def main():
    """Measure, print, write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    torch.manual_seed(0)
    model, views = Encoder(), list(torch.randint(100, (2, BATCH, TOKENS)))
    steps = {"plain": lambda: plain(model, views)}
    for size in (64, 16, 4):
        steps[f"chunks of {size}"] = lambda size=size: chunked_step(
            pc.info_nce, model, views, chunk_size=size
        )
    peaks, times = {}, dict.fromkeys(steps, float("inf"))
    for name, step in steps.items():
        live = Live()
        with torch.autograd.graph.saved_tensors_hooks(live.pack, lambda held: held.tensor):
            step()
        peaks[name] = live.peak
    for _ in range(rounds):
        for name, step in steps.items():
            start = time.process_time()
            step()
            times[name] = min(times[name], time.process_time() - start)
    machine = f"{platform.machine()}, torch {torch.__version__}, {datetime.date.today()}"
    rows = [
        ["torch", name, peaks[name], f"{times[name]:.4f}", f"{times[name] / times['plain']:.2f}"]
        for name in steps
    ]
    rows += [["jax", name, size, "", ""] for name, size in jax_temporaries((1024, 256, 64))]
    with RESULTS.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["library", "step", "bytes", "cpu_seconds", "of_plain", "machine"])
        for row in rows:
            writer.writerow([*row, machine])
            print(*row, sep="\t")


if __name__ == "__main__":
    main()

"""What one value and gradient costs: time, and memory beyond its inputs."""

import resource
import sys
import time
import tracemalloc
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from common.encoders import DIM


def embeddings(n, rows):
    """Related views of random samples, for the costs."""
    views = np.random.default_rng(0).normal(size=(n, rows, DIM)).astype(np.float32)
    return views + views[:1]


def seconds(call, views):
    """Wall time of one call."""
    start = time.perf_counter()
    call(views)
    return time.perf_counter() - start


def traced(call, views):
    """Peak bytes of NumPy's memory in one call."""
    tracemalloc.start()
    call(views)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def cost(call, views):
    """Milliseconds on one thread, and peak bytes of one more call."""
    with threadpool_limits(1):
        spent = [seconds(call, views) for _ in range(4)][1:]
    return 1e3 * np.median(spent), traced(call, views)


def published_cost(n, rows):
    """The same of the cube as published, in a process of its own."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(_published_cost, (n, rows))


def _published_cost(n, rows):
    """Of arrays of B^n x D under autograd, the memory by growth of the process."""
    sys.path.insert(0, str(Path(__file__).parents[2]))
    import torch
    from polyview import cube_published, under_autograd

    torch.set_num_threads(1)
    call = under_autograd(lambda z: cube_published(z, 0.1))
    call(embeddings(n, 2))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    spent = [seconds(call, embeddings(n, rows)) for _ in range(3)]
    peak = 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    return 1e3 * np.median(spent), peak


def least_bytes(n, rows):
    """Of the mean, its differences from n views, and one temporary, float32."""
    return 4 * (n + 2) * rows**n * DIM


def mib(size):
    """Bytes as text, in MiB."""
    return f"{size / 2**20:.3g}" if size < 2**30 else f"{size / 2**20:,.0f}"

"""Batches shared out between ranks, and what each of them should get."""

import numpy as np
from battery.cases import assert_close, cotangent

from polycontrast.objective.arguments.roles import SAMPLES
from polycontrast.objective.calls.ranks import sample_axis

__all__ = ["SPLITS", "check_share", "compute_share", "cut", "is_shared", "whole"]

# Samples of each rank: equal, unequal, some empty.
SPLITS = {
    1: ([6],),
    2: ([3, 3], [5, 2], [0, 6]),
    3: ([2, 2, 2], [1, 4, 2], [4, 0, 3]),
    5: ([1, 1, 1, 1, 1], [3, 1, 1, 2, 1], [0, 3, 0, 0, 4]),
}


def is_shared(case):
    """Whether ranks may share the batch, and each has the value as a number."""
    if any(dims.count("B") > 1 for dims in case.dims.values()):  # all samples, in one place
        return False
    return case.objective.shards and np.ndim(case.value(case.arrays())) == 0


def cut(case, name, x, split, rank):
    """Return the part of an argument, or of its gradient, that a rank holds."""
    if name not in case.dims or sample_axis(case.arguments[name], x) is None:
        return x
    start = sum(split[:rank])
    part = slice(start, start + split[rank])
    mine = x[(slice(None),) * sample_axis(case.arguments[name], x) + (part,)]
    return mine - start if case.arguments[name].role.below in SAMPLES else mine


def whole(case, split):
    """Make the whole batch, in which an index of a sample is one of the same rank."""
    arrays = case.arrays(B=sum(split), N=sum(split))
    for name in arrays:
        if case.arguments[name].role.below in SAMPLES:
            starts = [(sum(split[:rank]), n) for rank, n in enumerate(split) if n]
            parts = [case.arrays(B=n, N=n)[name] + start for start, n in starts]
            arrays[name] = np.concatenate(parts, sample_axis(case.arguments[name], arrays[name]))
    return arrays


def compute_share(case, split, rank, comm, make=lambda x: x, read=np.asarray, **options):
    """Value and gradients that a rank gets of its share, read into NumPy."""
    arrays = {
        n: make(np.array(cut(case, n, x, split, rank))) for n, x in whole(case, split).items()
    }
    options = case.options | options
    value, back = case.objective.vjp(**arrays, wrt=case.differentiable, comm=comm, **options)
    g = cotangent(tuple(value.shape))
    grads = back(make(g) if g.ndim else 1.0)
    return read(value), {name: read(g) for name, g in grads._asdict().items()}


def check_share(case, split, rank, got, gradients="average", tolerance=1e-10):
    """Compare what a rank got with the share of it in the result of one process."""
    value, back = case.objective.vjp(**whole(case, split), wrt=case.differentiable, **case.options)
    if value.ndim:
        raise ValueError("a case with one loss a sample has to be compared by hand")
    wanted = back(1.0)._asdict()
    for name, x in wanted.items():
        factor = len(split) if gradients == "average" else 1
        is_share = name in case.dims and sample_axis(case.arguments[name], x) is not None
        wanted[name] = cut(case, name, x, split, rank) * (factor if is_share else 1)
    what = f"{case} of {split} on rank {rank}:"
    assert_close(got[0], value, tolerance, f"{what} value")
    assert_close(got[1], wanted, tolerance, f"{what} gradient of")

"""Volumes that vanish, where a root enlarges rounding."""

import numpy as np
import pytest

import polycontrast as pc
from polycontrast.distributed.local import LocalGroup


@pytest.mark.parametrize("size", [1.0, 1e-30, 1e-41])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_coincident_rows_have_no_volume(dtype, size):
    """All volumes are 0: the loss is log B, and nothing pulls (1e-41 is subnormal in float32)."""
    for depth in (6, 33, 128):
        x = np.tile(np.arange(1.0, depth + 1), (5, 1)).astype(dtype) * dtype(size)
        for others in ([x], [x, 2 * x], [x, x, x]):
            value, grads = pc.gram_loss.value_and_grad(x, others)
            assert value == pytest.approx(np.log(5), rel=2e-7)
            assert not any(np.any(g) for g in (grads.anchor, *grads.others))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("label_smoothing", [0.0, 0.1])
def test_ranks_agree_on_the_temperature_where_volumes_are_small(seed, label_smoothing):
    """Its gradient is a sum over logits, in which nothing large cancels."""
    rng = np.random.default_rng(seed)
    rows = (rng.normal(size=6) + 0.03 * rng.normal(size=(2, 12, 6))).astype(np.float32)
    options = dict(wrt="temperature", label_smoothing=label_smoothing)
    (whole,) = pc.gram_loss.value_and_grad(rows[0], rows[1:], **options)[1]

    def rank(comm):
        mine = slice(6 * comm.rank, 6 * comm.rank + 6)
        given = rows[0, mine], rows[1:, mine]
        ranks = dict(comm=comm, gradients="sum", tile=(2, 2))
        return pc.gram_loss.value_and_grad(*given, **ranks, **options)[1].temperature

    assert sum(LocalGroup(2).run(rank)) == pytest.approx(whole, rel=5e-5)

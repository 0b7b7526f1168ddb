"""A batch whose similarities would take 4 GB."""

import tracemalloc

import numpy as np
import pytest

import polycontrast as pc


@pytest.mark.slow
def test_large_batch_in_little_memory():
    """info_nce of 32,768 pairs of dimension 256 in float32, when no tile is kept: under 0.5 GB."""
    rng = np.random.default_rng(0)
    x, y = (rng.standard_normal((32_768, 256), dtype=np.float32) for _ in range(2))
    pc.info_nce.value_and_grad(x[:64], y[:64])  # imports and caches
    tracemalloc.start()
    try:
        value, grads = pc.info_nce.value_and_grad(x, y, memory=0)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 0.5e9
    assert np.isfinite(value)
    assert grads.x.shape == x.shape
    # Against float64, for rows picked at random: dL/dx_i needs the sums of all columns, the loss
    # of an anchor as a row only its own similarities.
    some = rng.integers(0, len(x), 50)
    losses = pc.info_nce(x, y, symmetric=False, reduction="none")[some]
    unit = [
        t / np.linalg.norm(t, axis=1, keepdims=True) for t in (x.astype(float), y.astype(float))
    ]
    s = unit[0][some] @ unit[1].T / 0.07
    wanted = np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(50), some]
    np.testing.assert_allclose(losses, wanted, rtol=1e-5)

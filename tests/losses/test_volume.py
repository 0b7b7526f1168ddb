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


# triangle_loss


@pytest.mark.parametrize("label_smoothing", [0.0, 0.2])
def test_two_equal_corners_have_no_area(label_smoothing):
    a, x = np.random.default_rng(0).normal(size=(2, 7, 5))
    wrt = ("anchor", "x", "y", "temperature")
    value, grads = pc.triangle_loss.value_and_grad(
        a, x, x, wrt=wrt, label_smoothing=label_smoothing
    )
    assert value == pytest.approx(np.log(7), rel=1e-13)
    for grad in grads:
        np.testing.assert_allclose(grad, 0, atol=1e-12)


def test_areas_are_those_of_heron():
    """Logits of two samples, from lengths of sides."""
    rng = np.random.default_rng(1)
    a, x, y = 1 + rng.normal(size=(3, 2, 6))

    def score(i, j):
        p, q, r = (np.linalg.norm(t) for t in (x[j] - a[i], y[j] - a[i], x[j] - y[j]))
        h = (p + q + r) / 2
        return -2 * h * (h - p) * (h - q) * (h - r)

    s = [[score(i, j) for j in range(2)] for i in range(2)]
    wanted = [
        (np.logaddexp(0, s[i][1 - i] - s[i][i]) + np.logaddexp(0, s[1 - i][i] - s[i][i])) / 2
        for i in range(2)
    ]
    got = pc.triangle_loss(a, x, y, normalize=False, temperature=1.0, reduction="none")
    np.testing.assert_allclose(got, wanted, rtol=1e-12)


@pytest.mark.parametrize("away", [1e2, 1e4])
def test_areas_far_from_the_origin_keep_their_digits(away):
    """In float32, of rows that float32 has."""
    rng = np.random.default_rng(2)
    rows = (away + rng.normal(size=(3, 9, 6))).astype(np.float32)
    wrt = ("anchor", "x", "y", "temperature")
    options = dict(normalize=False, temperature=10.0, wrt=wrt)
    wanted = pc.triangle_loss.value_and_grad(*rows.astype(float), **options)
    got = pc.triangle_loss.value_and_grad(*rows, **options)
    assert got[0] == pytest.approx(wanted[0], rel=2e-5)
    for one, other in zip(got[1], wanted[1], strict=True):
        np.testing.assert_allclose(one, other, atol=2e-5 * np.abs(other).max())

"""Contractions of pair factors in blocks of rows: sums, gradients, and the same bits."""

import numpy as np
import pytest

import polycontrast as pc
from polycontrast.cube import triple

BATCH = {3: 11, 4: 5}


def inputs(count, seed=0):
    rng = np.random.default_rng(seed)
    views = rng.normal(size=(count, BATCH[count], 4)) + rng.normal(size=(1, BATCH[count], 4))
    mask = rng.random((count, BATCH[count])) > 0.2
    mask[:, :2] = True
    return views, mask


def naive(views, mask, temperature):
    """Mean over complete samples of the cross-entropy of each row against all of its tuples."""
    z = views / np.linalg.norm(views, axis=2, keepdims=True)
    n, b = z.shape[:2]
    losses = []
    for i in np.flatnonzero(mask.all(axis=0)):
        loss = 0.0
        for a in range(n):
            scores = []
            for place in np.ndindex(*[b] * n):
                if place[a] == i and all(mask[c, t] for c, t in enumerate(place)):
                    rows = np.stack([z[c, t] for c, t in enumerate(place)])
                    scores.append(1 - ((rows - rows.mean(axis=0)) ** 2).sum())
            own = z[:, i, :]
            match = 1 - ((own - own.mean(axis=0)) ** 2).sum()
            loss += np.log(np.exp(np.array(scores) / temperature).sum()) - match / temperature
        losses.append(loss / n)
    return np.mean(losses)


@pytest.mark.parametrize("count", [3, 4])
def test_blocks_of_rows_sum_the_whole_cube(count, monkeypatch):
    """Whatever the size of a block, value and gradient are those of a single block."""
    views, mask = inputs(count)
    call = {"similarity": "variance", "temperature": 0.4, "mask": mask}
    value, whole = pc.cube_loss.value_and_grad(views, wrt=("views", "temperature"), **call)
    np.testing.assert_allclose(value, naive(views, mask, 0.4), rtol=1e-12)
    monkeypatch.setattr(triple, "BLOCK_ROWS", 3)
    found = {}
    for workers in (1, 2, 5):
        cut, grads = pc.cube_loss.value_and_grad(
            views, wrt=("views", "temperature"), workers=workers, **call
        )
        np.testing.assert_allclose(cut, value, rtol=1e-13)
        np.testing.assert_allclose(grads.views, whole.views, rtol=1e-10, atol=1e-13)
        np.testing.assert_allclose(grads.temperature, whole.temperature, rtol=1e-12)
        found[workers] = cut, grads.views
    for other in (2, 5):
        assert found[other][0] == found[1][0]
        np.testing.assert_array_equal(found[other][1], found[1][1])


def test_a_pullback_can_be_called_again(monkeypatch):
    """Sums that are kept for the gradient are not overwritten by it."""
    monkeypatch.setattr(triple, "BLOCK_ROWS", 4)
    views, _ = inputs(3)
    for similarity in ("variance", "deviation", "norm"):
        _, back = pc.cube_loss.vjp(views, similarity=similarity, temperature=0.4)
        first = back(1.0)
        second, doubled = back(1.0), back(2.0)
        np.testing.assert_array_equal(first.views, second.views)
        np.testing.assert_allclose(doubled.views, 2 * first.views, rtol=1e-12)


def test_second_derivatives_of_many_rows(monkeypatch):
    """Numbers with a derivative are not cut into blocks; the products are those of differences."""
    monkeypatch.setattr(triple, "BLOCK_ROWS", 4)
    views, _ = inputs(3)
    along = np.random.default_rng(1).normal(size=views.shape)
    call = {"similarity": "variance", "temperature": 0.4}
    found = pc.cube_loss.hvp((views,), (along,), wrt="views", **call)
    step = 1e-5
    grads = pc.cube_loss.value_and_grad
    sides = [grads(views + s * step * along, **call)[1].views for s in (1, -1)]
    wanted = (sides[0] - sides[1]) / (2 * step)
    np.testing.assert_allclose(found.views, wanted, rtol=1e-5, atol=1e-7)


def test_the_plan_of_many_rows():
    """Products of a batch that is cut into blocks: two and four of B^3, three and six of B^2 D."""
    rows, depth = 3 * triple.BLOCK_ROWS, 8
    plan = pc.plan(pc.cube_loss, (3, rows, depth), similarity="variance")
    assert plan.value_flops == 2 * (2 * rows**3 + 3 * rows**2 * depth)
    assert plan.flops == 2 * (6 * rows**3 + 9 * rows**2 * depth)

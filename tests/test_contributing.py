"""The worked example of `docs/contributing.md` is a whole loss, as the page says."""

import runpy
from pathlib import Path

import numpy as np
import oracles.registry
import pytest

import polycontrast as pc
from polycontrast.distributed import LocalGroup
from polycontrast.objective.catalogue import registry
from polycontrast.testing import check_gradient

EXAMPLES = Path(__file__).parent.parent / "docs" / "examples"


@pytest.fixture
def smooth_ranking(monkeypatch):
    """Return the example, registered for one test only."""
    monkeypatch.setattr(registry, "_objectives", dict(registry._objectives))
    return runpy.run_path(str(EXAMPLES / "smooth_ranking.py"))["smooth_ranking"]


@pytest.fixture
def oracle(monkeypatch):
    """Return the oracle of the example, registered for one test only."""
    for table in ("ORACLES", "FACTS"):
        monkeypatch.setattr(oracles.registry, table, {})
    return runpy.run_path(str(EXAMPLES / "smooth_ranking_oracle.py"))["smooth_ranking"]


@pytest.fixture
def views():
    return np.random.default_rng(3).standard_normal((2, 6, 4))


def test_it_is_registered_by_its_decorator(smooth_ranking):
    assert pc.objectives()["smooth_ranking"] is smooth_ranking
    assert smooth_ranking.source == "The worked example of the polycontrast documentation."
    assert smooth_ranking.formula.startswith(r"\frac{1}{B(B-1)}")
    assert "temperature : float or 0-d array, > 0, default 0.1" in smooth_ranking.__doc__


def test_its_cases_stand_with_the_oracle(oracle):
    assert oracles.registry.ORACLES["smooth_ranking"] is oracle
    cases = oracles.registry.FACTS["smooth_ranking"].cases
    assert cases == ({}, {"temperature": 0.5}, {"normalize": False})


@pytest.mark.parametrize("case", [{}, {"temperature": 0.5}, {"normalize": False}], ids=str)
def test_its_gradient_is_certified(smooth_ranking, views, case):
    wrt = ("x", "y", "temperature")
    check_gradient(smooth_ranking, *views, wrt=wrt, **case).raise_on_failure()


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_it_equals_its_oracle(smooth_ranking, oracle, views, reduction):
    torch = pytest.importorskip("torch")
    value, back = smooth_ranking.vjp(*views, reduction=reduction)
    cotangent = np.linspace(1.0, 2.0, value.size).reshape(value.shape)
    grads = back(cotangent)

    x, y = (torch.tensor(view, requires_grad=True) for view in views)
    wanted = oracle(x, y, reduction=reduction)
    wanted.backward(torch.asarray(cotangent))
    np.testing.assert_allclose(value, wanted.detach().numpy(), rtol=1e-12)
    np.testing.assert_allclose(grads.x, x.grad.numpy(), rtol=1e-10)
    np.testing.assert_allclose(grads.y, y.grad.numpy(), rtol=1e-10)


def test_tiles_came_for_free(smooth_ranking, views):
    dense = smooth_ranking.value_and_grad(*views)
    tiled = smooth_ranking.value_and_grad(*views, tile=(2, 3))
    np.testing.assert_allclose(tiled[0], dense[0], rtol=1e-12)
    np.testing.assert_allclose(tiled[1].x, dense[1].x, rtol=1e-10)


def test_zero_rows_and_one_sample(smooth_ranking, oracle, views):
    """As the common tests want it: a zero row has no gradient, in the oracle neither."""
    torch = pytest.importorskip("torch")
    views[0, 1] = 0
    _, grads = smooth_ranking.value_and_grad(*views)
    x, y = (torch.tensor(view, requires_grad=True) for view in views)
    oracle(x, y).backward()
    np.testing.assert_allclose(grads.x, x.grad.numpy(), rtol=1e-10, atol=1e-12)
    assert not grads.x[1].any()
    with pytest.raises(ValueError, match="smooth_ranking: x and y must have at least 2 rows"):
        smooth_ranking(*views[:, :1])


def test_ranks_share_its_batch(smooth_ranking, views):
    """Also where a rank has one sample, which has no mismatch of its own."""
    wanted, grads = smooth_ranking.value_and_grad(*views)
    bounds = (0, 1, 4, 6)

    def one(comm):
        part = slice(*bounds[comm.rank : comm.rank + 2])
        return smooth_ranking.value_and_grad(*views[:, part], comm=comm, gradients="sum")

    got = LocalGroup(3, timeout=30).run(one)
    np.testing.assert_allclose([value for value, _ in got], wanted, rtol=1e-12)
    for name in ("x", "y"):
        rows = np.concatenate([getattr(g, name) for _, g in got])
        np.testing.assert_allclose(rows, getattr(grads, name), rtol=1e-10, atol=1e-14)

"""Losses of clusters: edges of the graph, empty clusters, held targets."""

import importlib

import numpy as np
import pytest

import polycontrast as pc

RNG = np.random.default_rng(0)
Z = RNG.normal(size=(7, 4))
EDGES = np.array([[0, 0, 1, 2, 3, 3, 5, 6], [1, 2, 2, 2, 4, 5, 3, 0]])
WEIGHTS = RNG.uniform(0.1, 1, 8)
ASSIGN = np.array([0, 0, 2, 2, 3, 0, 3])


def test_targets_of_an_earlier_pass():
    """The targets of a call, given to it, have the same value and gradient."""
    centers = Z[:3]
    q = 1 / (1 + ((Z[:, None] - centers[None]) ** 2).sum(-1))
    q = q / q.sum(1, keepdims=True)
    p = q**2 / q.sum(0)
    p = p / p.sum(1, keepdims=True)
    wanted = pc.dec_kl.value_and_grad(Z, centers)
    got = pc.dec_kl.value_and_grad(Z, centers, p)
    assert got[0] == pytest.approx(float(wanted[0]), rel=1e-12)
    np.testing.assert_allclose(got[1].z, wanted[1].z, atol=1e-14)
    one = np.eye(3)[np.argmax(q, axis=1)]  # shares of 0 have no logarithm
    assert pc.dec_kl(Z, centers, one) == pytest.approx(-np.log(q.max(1)).mean())


def test_far_rows_have_shares():
    """Kernels of 1e-16 are no zeros."""
    value, grads = pc.dec_kl.value_and_grad(1e8 * Z, 1e8 * Z[:2] + 1)
    assert np.isfinite(value)
    assert np.isfinite(grads.z).all()


def test_empty_clusters_are_left_out():
    wanted = pc.pamc.value_and_grad(Z, EDGES, WEIGHTS, np.unique(ASSIGN, return_inverse=True)[1])
    for more in ({}, {"clusters": 9}):
        got = pc.pamc.value_and_grad(Z, EDGES, WEIGHTS, ASSIGN, **more)
        assert got[0] == pytest.approx(float(wanted[0]), rel=1e-12)
        np.testing.assert_allclose(got[1].z, wanted[1].z, atol=1e-14)


def test_shares_of_one_are_an_assignment():
    one = np.eye(4)[ASSIGN]
    wanted = pc.pamc.value_and_grad(Z, EDGES, WEIGHTS, ASSIGN, wrt=("z", "weights", "scale"))
    got = pc.pamc.value_and_grad(Z, EDGES, WEIGHTS, shares=one, wrt=("z", "weights", "scale"))
    for a, b in zip((got[0], *got[1]), (wanted[0], *wanted[1]), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-13)


def test_one_cluster_repels_nothing():
    value = pc.pamc(Z, EDGES, WEIGHTS, 0 * ASSIGN)
    assert value == pytest.approx(float(pc.pamc(3 * Z, EDGES, WEIGHTS, 0 * ASSIGN)), rel=1e-12)
    u = Z / np.linalg.norm(Z, axis=1, keepdims=True)
    kernels = np.exp(0.5 * np.where(EDGES[0] == EDGES[1], 0, (u[EDGES[0]] * u[EDGES[1]]).sum(1)))
    sums = np.bincount(EDGES[0], WEIGHTS * kernels, 7)
    assert value == pytest.approx(-np.log(sums + 1e-10).mean() + 1e-10, rel=1e-12)


def test_large_scales_and_nodes_without_edges():
    """Kernels of e^1000 and e^-1000 beside eps."""
    edges = np.array([[0, 1, 2], [1, 0, 2]])
    z = np.array([[1.0, 0.0], [1.0, 1e-9], [0.0, 1.0], [0.5, 0.5]])
    value, grads = pc.pamc.value_and_grad(
        z, edges, np.ones(3), np.array([0, 0, 1, 1]), scale=1000.0, wrt=("z", "weights", "scale")
    )
    # Edges of cosine 1, a loop of weight 1, no edge; the sums (2, 0) and (0.5, 1.5) of clusters.
    attraction = (1000 + 1000 + 0 + np.log(1e-10)) / 4
    assert value == pytest.approx(1000 / np.sqrt(10) - attraction, rel=1e-8)
    assert all(np.isfinite(t).all() for t in grads)
    opposite = pc.pamc(np.array([[1.0], [-1.0]]), np.array([[0, 1], [1, 0]]), np.ones(2), scale=1e3)
    assert opposite == pytest.approx(-np.log(1e-10))


def test_blocks_of_edges_change_nothing(monkeypatch):
    module = importlib.import_module("polycontrast.losses.classification.pamc")
    wanted = pc.pamc.value_and_grad(Z, EDGES, WEIGHTS, ASSIGN)
    monkeypatch.setattr(module, "BLOCK", 3 * 4)
    got = pc.pamc.value_and_grad(Z, EDGES, WEIGHTS, ASSIGN)
    assert got[0] == wanted[0]
    np.testing.assert_allclose(got[1].z, wanted[1].z, atol=1e-15)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"assign": ASSIGN, "shares": np.ones((7, 2))}, "shares must not be given together"),
        ({"assign": ASSIGN, "clusters": 3}, "assign must be from 0 to 2, got 3"),
        ({"assign": ASSIGN - 1}, "assign must be from 0 to 2, got -1"),
        ({"edges": EDGES + 1}, "edges must be from 0 to 6, got 7"),
        ({"weights": -WEIGHTS}, "weights must be"),
    ],
)
def test_mistakes(more, words):
    with pytest.raises(ValueError, match=f"^pamc: {words}"):
        pc.pamc(**{"z": Z, "edges": EDGES, "weights": WEIGHTS} | more)


def test_traced_clusters():
    """Their number must be given; one that is not below it makes the loss nan."""
    jax = pytest.importorskip("jax")
    given = [jax.numpy.asarray(t) for t in (Z, EDGES, WEIGHTS, ASSIGN)]
    with pytest.raises(ValueError, match=r"^pamc: clusters must be given where assign is traced"):
        jax.jit(pc.pamc)(*given)
    for clusters in (4, 3):
        value = jax.jit(lambda *t, n=clusters: pc.pamc(*t, clusters=n))(*given)
        if clusters == 3:
            assert np.isnan(value)
        else:
            assert value == pytest.approx(float(pc.pamc(Z, EDGES, WEIGHTS, ASSIGN)), rel=1e-5)

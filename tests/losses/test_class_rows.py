"""Edges of losses of rows with class labels: prototypes and neighbours."""

import numpy as np
import pytest

import polycontrast as pc
from polycontrast.testing import check_gradient

RNG = np.random.default_rng(0)
Z = RNG.normal(size=(9, 4))
LABELS = np.asarray([0, 1, 2, 0, 1, 0, 2, 3, 1])
PROXIES = RNG.normal(size=(4, 4))


def unit(z):
    return z / np.linalg.norm(z, axis=-1, keepdims=True)


# proto_triplet


def test_one_prototype_has_no_other():
    with pytest.raises(ValueError, match=r"^proto_triplet: prototypes must have at least 2 rows"):
        pc.proto_triplet(Z, PROXIES[:1], np.zeros(9, int))


def test_queries_beyond_the_margin_cost_nothing():
    """And those inside of it pull on two prototypes alone."""
    prototypes, labels = np.diag([3.0, 3.0, 3.0]), np.arange(3)
    value, grads = pc.proto_triplet.value_and_grad(prototypes, prototypes, labels)
    assert value == 0
    assert not any(grad.any() for grad in grads)
    x = np.asarray([[1.0, 1.5, 0.0]])
    value, grads = pc.proto_triplet.value_and_grad(x, prototypes, labels[:1], eps=1e-12)
    d = np.linalg.norm(x - prototypes, axis=1)
    np.testing.assert_allclose(value, d[0] - d[1] + 0.5, rtol=1e-10)
    np.testing.assert_allclose(grads.prototypes[0], (prototypes[0] - x[0]) / d[0], atol=1e-10)
    np.testing.assert_allclose(grads.prototypes[1], (x[0] - prototypes[1]) / d[1], atol=1e-10)
    assert not grads.prototypes[2].any()


def test_the_first_of_two_nearest_prototypes_is_chosen():
    x, prototypes = np.zeros((1, 2)), np.asarray([[2.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    grads = pc.proto_triplet.value_and_grad(x, prototypes, np.asarray([0]))[1]
    assert grads.prototypes[1].any()
    assert not grads.prototypes[2].any()


def test_distances_of_float32_queries_that_lie_close():
    rng = np.random.default_rng(5)
    x, prototypes = 30 + 1e-3 * rng.normal(size=(2, 6, 4)).astype(np.float32)
    labels = np.arange(6)
    given = dict(eps=1e-12, margin=1e-3)
    value, grads = pc.proto_triplet.value_and_grad(x, prototypes, labels, **given)
    wanted = pc.proto_triplet.value_and_grad(
        x.astype(float), prototypes.astype(float), labels, **given
    )
    np.testing.assert_allclose(value, wanted[0], rtol=1e-6)
    np.testing.assert_allclose(grads.x, wanted[1].x, atol=1e-6)


def test_a_traced_label_without_a_prototype_shows():
    jax = pytest.importorskip("jax")
    given = [jax.numpy.asarray(t) for t in (Z, PROXIES, np.full(9, 4))]
    assert np.isnan(jax.jit(pc.proto_triplet)(*given))


# icnn


def test_neighbours_of_one_class_beside_far_classes():
    """All neighbours share the class, so lambda_d is 1, and classes are tight for their gap."""
    z = np.asarray([[0.0], [1.0], [2.0], [50.0], [51.0], [52.0], [0.5]])
    labels = np.asarray([0, 0, 0, 1, 1, 1, 0])
    options = dict(k=2, eps=1e-12, eps_dist=1e-12, pool=4)
    d = abs(z - z[:, 0])
    ratios = []
    for i in range(7):
        order = np.argsort(np.where(np.arange(7) == i, np.inf, d[i]), kind="stable")[:4]
        outside = [d[i, j] for j in order if labels[j] != labels[i]]
        ratios.append(np.mean(d[i, order[:2]]) / outside[0] if outside else 0.0)
    wanted = -np.log(((1 - np.mean(ratios) + 1) / 2 + 1) / 2)
    np.testing.assert_allclose(pc.icnn(z, labels, **options), wanted, rtol=1e-9)


def test_normalised_rows_of_the_score():
    report = check_gradient(pc.icnn, Z, LABELS, k=3, normalize=True)
    report.raise_on_failure()
    np.testing.assert_allclose(
        pc.icnn(Z, LABELS, k=3, normalize=True), pc.icnn(unit(Z), LABELS, k=3), rtol=1e-12
    )


@pytest.mark.parametrize("rows", [1, 2])
def test_rows_without_neighbours_have_a_perfect_score(rows):
    value, grads = pc.icnn.value_and_grad(Z[:rows], LABELS[:rows])
    assert value == 0
    assert not grads.z.any()


def test_the_score_of_a_few_rows_in_float32_that_lie_close():
    z = (30 + 1e-3 * Z).astype(np.float32)
    value, grads = pc.icnn.value_and_grad(z, LABELS, eps_dist=1e-12)
    wanted = pc.icnn.value_and_grad(z.astype(float), LABELS, eps_dist=1e-12)
    np.testing.assert_allclose(value, wanted[0], rtol=1e-5)
    np.testing.assert_allclose(grads.z, wanted[1].z, rtol=1e-4, atol=1e-4 * abs(wanted[1].z).max())

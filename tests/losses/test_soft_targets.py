"""Losses with soft targets: identities, edge cases, and what is refused."""

import numpy as np
import pytest

import polycontrast as pc

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(2, 6, 4))


def assert_same(one, other, factor=1.0):
    """Values and gradients of two calls of `value_and_grad`."""
    np.testing.assert_allclose(one[0], factor * other[0], atol=1e-12)
    for got, wanted in zip(one[1], other[1], strict=True):
        np.testing.assert_allclose(got, factor * np.asarray(wanted), atol=1e-12)


WRT = ("x", "y", "temperature")


def test_weights_that_are_the_identity():
    one = pc.cwcl.value_and_grad(X, Y, np.eye(6), wrt=WRT)
    assert_same(one, pc.info_nce.value_and_grad(X, Y, wrt=WRT), factor=2)


@pytest.mark.parametrize("factor", [1e-3, 1e3, 1e308])
def test_the_scale_of_rows_of_weights_has_no_effect(factor):
    weights = RNG.uniform(size=(6, 6))
    scaled = weights * np.where(np.arange(6) % 2, factor, 1.0)[:, None]
    wanted = pc.cwcl.value_and_grad(X, Y, weights, wrt=WRT)
    assert_same(pc.cwcl.value_and_grad(X, Y, scaled, wrt=WRT), wanted)


def test_default_weights_are_cosines_in_any_case():
    unit = X / np.linalg.norm(X, axis=1, keepdims=True)
    for normalize in (True, False):
        one = pc.cwcl.value_and_grad(X, Y, normalize=normalize, wrt=WRT)
        given = pc.cwcl.value_and_grad(X, Y, 1 + unit @ unit.T, normalize=normalize, wrt=WRT)
        assert_same(one, given)


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        (-np.eye(6), "weights must be finite and >= 0, got -1"),
        (np.full((6, 6), np.nan), "weights must be finite and >= 0, got nan"),
        (np.diag([1.0, 1, 0, 1, 1, 1]), "each row of weights must have a sum above zero"),
        (np.ones((6, 5)), "x and weights must have the same number of rows"),
    ],
)
def test_weights_that_are_refused(weights, words):
    with pytest.raises(ValueError, match=f"^cwcl: {words}"):
        pc.cwcl(X, Y, weights)


PERM, LAM = np.asarray([3, 1, 0, 5, 2, 4]), np.linspace(0.1, 0.9, 6)


@pytest.mark.parametrize(
    ("perm", "lam"), [(PERM, np.ones(6)), (np.arange(6), LAM)], ids=["share 1", "own partner"]
)
def test_mixtures_of_a_sample_with_itself(perm, lam):
    for symmetric in (True, False):
        one = pc.mixco.value_and_grad(X, Y, perm, lam, symmetric=symmetric, wrt=WRT)
        options = dict(temperature=0.1, symmetric=symmetric, wrt=WRT)
        assert_same(one, pc.info_nce.value_and_grad(X, Y, **options))


def test_a_share_of_zero_is_the_partner_alone():
    value = pc.mixco(X, Y, PERM, np.zeros(6))
    np.testing.assert_allclose(value, pc.info_nce(X, Y[PERM], temperature=0.1), rtol=1e-12)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"perm": np.asarray([0, 1, 2, 3, 4, 4])}, "perm must hold no number twice, got 4 twice"),
        ({"perm": np.arange(1, 7)}, "perm must be from 0 to 5, got 6"),
        ({"lam": LAM + 0.5}, r"lam must be in \[0, 1\], got 1.4"),
        ({"lam": 0.5}, "lam must be an array, got 0.5"),
    ],
)
def test_mixtures_that_are_refused(changed, words):
    with pytest.raises((ValueError, TypeError), match=f"^mixco: {words}"):
        pc.mixco(X, Y, **{"perm": PERM, "lam": LAM} | changed)


def test_sampled_mixtures():
    perm, lam = pc.sample_mixing(np.random.default_rng(1), 1000)
    assert sorted(perm.tolist()) == list(range(1000))
    assert 500 <= (lam == 1).sum() < 510  # some drawn shares are rounded to 1
    assert abs(lam[lam < 1].mean() - 0.5) < 0.05
    assert lam[lam < 1].var() == pytest.approx(1 / (4 * 1.3), rel=0.1)
    for one, other in zip(pc.sample_mixing(1, 1000), (perm, lam), strict=True):
        np.testing.assert_array_equal(one, other)
    assert (pc.sample_mixing(0, 5, share=0.0)[1] == 1).all()
    assert np.isfinite(pc.m3col(X, Y, *pc.sample_mixing(0, 6), *pc.sample_mixing(1, 6)))


@pytest.mark.parametrize(
    ("given", "options", "words"),
    [
        (
            (None, 3),
            {},
            "seed_or_generator must be an int or a numpy.random.Generator, got NoneType",
        ),
        ((True, 3), {}, "seed_or_generator must be an int or a numpy.random.Generator, got bool"),
        ((0, 2.0), {}, "samples must be an integer >= 1, got 2.0"),
        ((0, 0), {}, "samples must be an integer >= 1, got 0"),
        ((0, 3), {"alpha": 0.0}, "alpha must be finite and > 0, got 0.0"),
        ((0, 3), {"share": 1.5}, r"share must be in \[0, 1\], got 1.5"),
    ],
)
def test_mixtures_that_cannot_be_sampled(given, options, words):
    with pytest.raises((ValueError, TypeError), match=f"^sample_mixing: {words}"):
        pc.sample_mixing(*given, **options)


U, V = RNG.normal(size=(2, 6, 7))


@pytest.mark.parametrize("symmetric", [True, False])
def test_a_student_that_is_the_teacher(symmetric):
    """Its divergence is 0, and its gradient, to the last bit of what cancels."""
    for execution in ({}, dict(tile=(2, 4))):
        options = dict(kind="kl", symmetric=symmetric, wrt=WRT, **execution)
        value, grads = pc.similarity_distill.value_and_grad(X, Y, X, Y, **options)
        assert abs(value) < 1e-13
        for grad in grads:
            assert np.abs(grad).max() < 1e-13


def test_kinds_of_distillation_differ_by_a_constant():
    one, other = (
        pc.similarity_distill.value_and_grad(X, Y, U, V, kind=kind, wrt=WRT)
        for kind in ("cross_entropy", "kl")
    )
    assert one[0] > other[0] > 0
    for a, b in zip(one[1], other[1], strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_teacher_that_is_certain():
    """At a temperature near 0 its best matches are the targets, here the samples themselves."""
    options = dict(temperature=0.05, wrt=WRT)
    one = pc.similarity_distill.value_and_grad(X, Y, U, U, teacher_temperature=1e-3, **options)
    assert_same(one, pc.info_nce.value_and_grad(X, Y, **options))


def test_held_targets_are_those_of_a_teacher():
    one = pc.soft_clip.value_and_grad(X, Y, stop_grad_targets=True, wrt=WRT)
    options = dict(temperature=0.125, teacher_temperature=0.125, wrt=WRT)
    assert_same(one, pc.similarity_distill.value_and_grad(X, Y, Y, Y, **options))


def test_targets_that_are_held_have_no_hessian():
    with pytest.raises(ValueError, match=r"soft_clip: hvp .* y is not"):
        pc.soft_clip.hvp((X, Y), (X, Y), stop_grad_targets=True)
    assert np.isfinite(pc.soft_clip.hvp((X, Y), (X, Y)).y).all()


@pytest.mark.parametrize("name", ["cwcl", "soft_clip", "mixco"])
def test_a_single_sample_has_no_loss(name):
    mixture = (np.zeros(1, int), np.full(1, 0.3)) if name == "mixco" else ()
    value, grads = pc.objectives()[name].value_and_grad(X[:1], Y[:1], *mixture)
    assert abs(value) < 1e-15
    assert all(np.abs(grad).max() < 1e-14 for grad in grads)


@pytest.mark.parametrize(("held", "products"), [(True, 4), (False, 6)])
def test_products_of_a_companion(held, products, monkeypatch):
    """Both matrices once, kept, and two products for each of them that has a gradient."""
    made, matmul = [], np.matmul

    def counting(a, b, **options):
        made.append(a.shape[0] * a.shape[1] * b.shape[1])
        return matmul(a, b, **options)

    monkeypatch.setattr(np, "matmul", counting)
    pc.soft_clip.value_and_grad(X, Y, stop_grad_targets=held)
    assert sum(made) == products * 6 * 6 * 4
    plan = pc.plan(pc.soft_clip, (6, 4), (6, 4), stop_grad_targets=held)
    assert plan.flops == 2 * sum(made)
    assert plan.value_flops == 2 * 2 * 6 * 6 * 4

"""Mixtures of rows with class labels: identities, lists of many pairs, and edges."""

import importlib

import numpy as np
import pytest
from oracles import ORACLES

import polycontrast as pc
from polycontrast.testing import check_gradient

RNG = np.random.default_rng(0)
Z = RNG.normal(size=(9, 4))
LABELS = np.asarray([0, 1, 2, 0, 1, 0, 2, 3, 1])
BASES = ("contrastive", "binomial_deviance", "multi_similarity", "lifted_structure", "nca")
MODES = ("pos_neg", "anchor_neg")


def unit(z):
    return z / np.linalg.norm(z, axis=-1, keepdims=True)


def every_other_row(count):
    """Each row with all others, as mixtures that are rows themselves."""
    anchor, first = np.nonzero(~np.eye(count, dtype=bool))
    return anchor, first, anchor, np.ones(anchor.size)


@pytest.mark.parametrize("base", BASES)
def test_mixtures_that_are_all_other_rows_are_the_clean_loss(base):
    mixtures = every_other_row(len(Z))
    got = pc.metrix.value_and_grad(
        Z, LABELS, *mixtures, base=base, weight=1.0, clean=False, wrt=("z",)
    )
    wanted = pc.metric_loss.value_and_grad(Z, LABELS, base=base)
    np.testing.assert_allclose(got[0], wanted[0], rtol=1e-12)
    np.testing.assert_allclose(got[1].z, wanted[1].z, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("base", BASES)
def test_many_mixtures_of_an_anchor(base, mode):
    """As the naive version has them, with its gradients."""
    torch = pytest.importorskip("torch")
    mixtures = pc.metrix_pairs(1, LABELS, mode=mode)
    options = dict(base=base, margin=0.1, scale_pos=3.0, scale_neg=7.0)
    value, grads = pc.metrix.value_and_grad(Z, LABELS, *mixtures, **options)
    z, lam = (torch.tensor(t, requires_grad=True) for t in (Z, mixtures[3]))
    indices = [torch.tensor(t) for t in (LABELS, *mixtures[:3])]
    wanted = ORACLES["metrix"](z, *indices, lam, **options)
    wanted.backward()
    np.testing.assert_allclose(value, wanted.item(), rtol=1e-12)
    np.testing.assert_allclose(grads.z, z.grad, atol=1e-11)
    np.testing.assert_allclose(grads.lam, lam.grad, atol=1e-11)


def test_given_mixtures_that_are_those_of_the_rows():
    """The value is the same, and so is the gradient once it went through the mixtures."""
    _, first, second, lam = mixtures = pc.metrix_pairs(1, LABELS, mode="pos_neg")
    u = unit(Z)
    mixed = lam[:, None] * u[first] + (1 - lam)[:, None] * u[second]
    value, grads = pc.metrix.value_and_grad(Z, LABELS, *mixtures, mixed)
    wanted, theirs = pc.metrix.value_and_grad(Z, LABELS, *mixtures)
    np.testing.assert_allclose(value, wanted, rtol=1e-12)
    through = np.sum(grads.mixed * (u[first] - u[second]), axis=1)
    np.testing.assert_allclose(grads.lam + through, theirs.lam, atol=1e-12)


@pytest.mark.parametrize("few", [False, True])
def test_few_and_many_pairs(few, monkeypatch):
    """One product of matrices, or gathered rows: the same numbers."""
    module = importlib.import_module("polycontrast.calculus.listed_products")
    monkeypatch.setattr(module, "DENSE", 0 if few else 100)
    monkeypatch.setattr(module, "ENTRIES", 20)
    mixtures = pc.metrix_pairs(1, LABELS, mode="pos_neg")
    report = check_gradient(pc.metrix, Z, LABELS, *mixtures, scale_neg=5.0, wrt=("z", "lam"))
    report.raise_on_failure()


def test_opposite_rows_mixed_by_halves():
    """They cancel: the mixture is 0 and has no gradient, however the sum is rounded."""
    z = np.asarray([[1.0, 2.0, 3.0], [0.1, 0.7, -0.3], [-1.0, -2.0, -3.0]])
    index = np.asarray([1]), np.asarray([0]), np.asarray([2])
    for dtype in (np.float32, np.float64):
        options = dict(base="contrastive", clean=False, weight=1.0)
        value, grads = pc.metrix.value_and_grad(
            z.astype(dtype), np.asarray([0, 0, 1]), *index, np.full(1, 0.5, dtype), **options
        )
        assert value == 0
        assert not grads.z.any()


@pytest.mark.parametrize("lam", [0.0, 1.0])
def test_shares_of_0_and_1_empty_a_sum(lam):
    """Only one kind is left: the loss of this anchor is 0, with a gradient of 0."""
    index = np.asarray([0]), np.asarray([3]), np.asarray([1])
    for base in ("nca", "lifted_structure"):
        given = Z, LABELS, *index, np.asarray([lam])
        value, grads = pc.metrix.value_and_grad(*given, base=base, clean=False)
        assert value == 0
        assert not grads.z.any()
        assert not grads.lam.any()


def test_a_sum_of_one_label_does_not_count_as_rounding():
    """Both rows of the anchor's class: the second sum is empty, at any scale."""
    index = np.asarray([0]), np.asarray([3]), np.asarray([5])
    share, options = np.asarray([0.3]), dict(clean=False, weight=1.0, scale_neg=1e4, margin=-2.0)
    value = pc.metrix(Z, LABELS, *index, share, **options)
    v = unit(0.3 * unit(Z)[3] + 0.7 * unit(Z)[5])
    wanted = np.log1p(np.exp(-2 * (unit(Z)[0] @ v + 2.0))) / 2 / len(Z)
    np.testing.assert_allclose(value, wanted, rtol=1e-12)


def test_large_scales_at_shares_near_0():
    """A weight near 0 has a logarithm, and no exponential overflows."""
    index = np.asarray([0, 0]), np.asarray([3, 5]), np.asarray([1, 2])
    share = np.asarray([1e-300, 0.0])
    options = dict(scale_pos=900.0, scale_neg=900.0, margin=0.0, clean=False)
    value, grads = pc.metrix.value_and_grad(Z, LABELS, *index, share, **options, wrt=("z",))
    assert np.isfinite(value)
    assert np.isfinite(grads.z).all()


def test_traced_indices_out_of_bounds_show():
    jax = pytest.importorskip("jax")
    index = np.asarray([0]), np.asarray([3]), np.asarray([1])
    given = [jax.numpy.asarray(t) for t in (Z, LABELS, *index, np.asarray([0.4]))]
    traced = jax.jit(pc.metrix)
    assert np.isfinite(traced(*given))
    for k in (2, 3, 4):
        for bad in (-1, 9):
            wrong = [jax.numpy.asarray([bad]) if i == k else t for i, t in enumerate(given)]
            assert np.isnan(traced(*wrong))


# metrix_pairs


@pytest.mark.parametrize("mode", MODES)
def test_pairs_mix_each_anchor_with_every_negative(mode):
    anchor, first, second, lam = pc.metrix_pairs(3, LABELS, mode=mode)
    found = {(a, b) for a, b in zip(anchor.tolist(), second.tolist(), strict=True)}
    alone = [7] if mode == "pos_neg" else []
    wanted = {
        (i, j) for i in range(9) for j in range(9) if LABELS[i] != LABELS[j] and i not in alone
    }
    assert found == wanted
    assert len(anchor) == len(wanted)
    assert (LABELS[first] == LABELS[anchor]).all()
    assert ((first == anchor) == (mode == "anchor_neg")).all()
    assert ((lam > 0) & (lam < 1)).all()


def test_positives_are_uniform():
    counts = np.zeros((9, 9))
    rng = np.random.default_rng(0)
    for _ in range(600):
        anchor, first, _, _ = pc.metrix_pairs(rng, LABELS, mode="pos_neg")
        drawn = dict(zip(anchor.tolist(), first.tolist(), strict=True))
        for a, f in drawn.items():
            counts[a, f] += 1
    assert counts[7].sum() == 0
    np.testing.assert_array_equal(np.diag(counts), 0)
    assert abs(counts[0, [3, 5]] - 300).max() < 60


def test_one_class_has_no_mixture():
    labels = np.zeros(9, int)
    drawn = pc.metrix_pairs(0, labels, mode="anchor_neg")
    assert [t.shape for t in drawn] == [(0,)] * 4
    assert pc.metrix(Z, labels, *drawn) == pc.metric_loss(Z, labels)

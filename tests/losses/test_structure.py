"""Identities, bounds and edge cases of the losses on structure between two modalities."""

import math

import numpy as np
import pytest

import polycontrast as pc

B, D = 7, 5
RNG = np.random.default_rng(0)
X, Y, XA, YA, P, Q, PA, QA = RNG.normal(size=(8, B, D))
SEPARATED = (X, Y, P, Q, PA, QA)
ONE = tuple(z[:1] for z in SEPARATED)
TERMS = ("orthogonality_weight", "contrastive_weight", "uniformity_weight")


def unit(z):
    return z / np.linalg.norm(z, axis=-1, keepdims=True)


def separation_term(name, *arrays, **options):
    """One of the three terms of feature separation, alone."""
    weights = {one: float(one == name) for one in TERMS}
    return pc.feature_separation(*arrays, **weights, **options)


# multimodal_contrastive


def test_base_loss_is_made_of_info_nce():
    """Two directions across are the symmetric InfoNCE twice; one direction within, each."""
    within = [pc.info_nce(a, b, symmetric=False) for a, b in ((X, XA), (Y, YA))]
    wanted = (2 * pc.info_nce(X, Y) + sum(within)) / 4
    np.testing.assert_allclose(pc.multimodal_contrastive(X, Y, XA, YA), wanted, rtol=1e-13)


def test_original_denominator_becomes_alignment():
    """At a small temperature the anchor's product with itself dominates."""
    tau = 1e-3
    got = pc.multimodal_contrastive(X, Y, XA, YA, temperature=tau, denominator="original")
    within = [np.mean(1 - np.sum(unit(a) * unit(b), 1)) / tau for a, b in ((X, XA), (Y, YA))]
    wanted = (2 * pc.info_nce(X, Y, temperature=tau) + sum(within)) / 4
    np.testing.assert_allclose(got, wanted, rtol=1e-12)


def test_original_denominator_keeps_its_digits():
    """Rows near their augmented versions: the difference is taken before it is scaled."""
    x, y = X.astype(np.float32), Y.astype(np.float32)
    moved = x + np.float32(1e-3) * XA.astype(np.float32)
    options = dict(temperature=1e-3, denominator="original")
    wide = [z.astype(np.float64) for z in (x, x, moved, moved)]
    got = pc.multimodal_contrastive(x, x, moved, moved, **options)
    # What remains is the rounding of the unit rows, over the temperature.
    rounding = np.finfo(np.float32).eps / 4 / options["temperature"]
    np.testing.assert_allclose(got, pc.multimodal_contrastive(*wide, **options), atol=rounding)
    assert got.dtype == y.dtype


def test_one_sample_has_nothing_to_tell_apart():
    assert pc.multimodal_contrastive(X[:1], Y[:1], XA[:1], YA[:1]) == 0
    value, grads = pc.multimodal_contrastive.value_and_grad(
        X[:1], Y[:1], XA[:1], YA[:1], denominator="original", temperature=0.5
    )
    cosines = [np.sum(unit(a) * unit(b)) for a, b in ((X[:1], XA[:1]), (Y[:1], YA[:1]))]
    np.testing.assert_allclose(value, sum(1 - c for c in cosines) / 0.5 / 4, rtol=1e-12)
    assert all(np.isfinite(g).all() for g in grads)


# feature_separation


@pytest.mark.parametrize("spread", [0.0, 1e-3, 1.0, 30.0])
def test_bounds_of_uniformity(spread):
    """The diagonal alone gives log 2; log 2B where all rows coincide."""
    arrays = [*SEPARATED[:2], *(P[:1] + spread * z for z in (P, Q)), PA, QA]
    value = separation_term("uniformity_weight", *arrays, t=3.0)
    assert math.log(2) <= value <= math.log(2 * B) + 1e-12
    if not spread:
        np.testing.assert_allclose(value, math.log(2 * B), rtol=1e-12)


def test_rows_far_apart_reach_the_lower_bound():
    specific = 100.0 * np.eye(B)
    arrays = [specific] * 6
    got = separation_term("uniformity_weight", *arrays, normalize=False)
    assert got == math.log(2)


def test_one_sample_of_separated_features():
    assert separation_term("uniformity_weight", *ONE) == math.log(2)
    assert separation_term("contrastive_weight", *ONE) == 0
    value, grads = pc.feature_separation.value_and_grad(*ONE)
    assert np.isfinite(value)
    assert all(np.isfinite(g).all() for g in grads)


def test_orthogonality_has_no_sign():
    """Flipping any specific row changes nothing, and the gradient flips along."""
    signs = np.where(np.arange(B) % 2, 1.0, -1.0)[:, None]
    flipped = (X, Y, signs * P, -signs * Q, PA, QA)
    name = "orthogonality_weight"
    np.testing.assert_allclose(
        separation_term(name, *flipped), separation_term(name, *SEPARATED), rtol=1e-13
    )
    orthogonal = P - np.sum(P * unit(X), 1, keepdims=True) * unit(X)
    also = Q - np.sum(Q * unit(Y), 1, keepdims=True) * unit(Y)
    assert separation_term(name, X, Y, orthogonal, also, PA, QA) < 1e-28


def test_separation_is_linear_in_its_weights():
    weights = dict(zip(TERMS, (0.3, 2.0, 0.7), strict=True))
    parts = sum(w * separation_term(name, *SEPARATED) for name, w in weights.items())
    np.testing.assert_allclose(pc.feature_separation(*SEPARATED, **weights), parts, rtol=1e-13)
    none = pc.feature_separation.value_and_grad(*SEPARATED, **dict.fromkeys(TERMS, 0.0))
    assert none[0] == 0
    assert all(np.all(g == 0) for g in none[1])


def test_contrast_of_specific_features_is_that_of_the_base_loss():
    wanted = [pc.info_nce(a, b, symmetric=False) for a, b in ((P, PA), (Q, QA))]
    got = separation_term("contrastive_weight", *SEPARATED)
    np.testing.assert_allclose(got, sum(wanted), rtol=1e-13)


# brownian_bridge


@pytest.mark.parametrize("t", [0.0, 0.25, 0.5, 1.0])
def test_bridge_bounds_and_zero(t):
    """Zero on the path, at most 4, and the closed form for unit rows."""
    point = unit(t * unit(X) + (1 - t) * unit(Y))
    assert pc.brownian_bridge(X, Y, 3 * point, t=t) < 1e-28
    np.testing.assert_allclose(pc.brownian_bridge(X, Y, -point, t=t), 4, rtol=1e-13)
    x, y, xa = unit(X), unit(Y), unit(XA)
    dot = lambda a, b: np.sum(a * b, axis=1)
    length = np.sqrt(t**2 + (1 - t) ** 2 + 2 * t * (1 - t) * dot(x, y))
    wanted = 2 - 2 * (t * dot(x, xa) + (1 - t) * dot(y, xa)) / length
    got = pc.brownian_bridge(X, Y, XA, t=t, reduction="none")
    np.testing.assert_allclose(got, wanted, rtol=1e-12)


def test_end_of_the_bridge_is_alignment():
    got, grads = pc.brownian_bridge.value_and_grad(X, Y, XA, t=1.0)
    wanted, aligned = pc.alignment.value_and_grad(XA, X)
    np.testing.assert_allclose(got, wanted, rtol=1e-13)
    np.testing.assert_allclose(grads.x_aug, aligned.x, rtol=1e-12)
    np.testing.assert_allclose(grads.x, aligned.y, rtol=1e-12, atol=1e-16)
    assert np.all(grads.y == 0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_path_through_the_origin(dtype):
    """Antipodal rows at t = 1/2, exact or up to round-off, have no direction and no gradient."""
    x, xa = X.astype(dtype), XA.astype(dtype)
    for y in (-x, dtype(-0.37) * x):
        value, grads = pc.brownian_bridge.value_and_grad(x, y, xa, t=0.5)
        np.testing.assert_allclose(value, 1, rtol=1e-6)  # the point is 0, the rows are unit
        assert np.all(grads.x == 0)
        assert np.all(grads.y == 0)
        assert np.isfinite(grads.x_aug).all()


def test_places_of_each_sample(backend):
    """An array of places is each sample's own, on every library; so is a 0-d one."""
    places = np.linspace(0.1, 0.9, B)
    given = [backend.asarray(z) for z in (X, Y, XA)]
    for options in ({}, {"likelihood": True}):
        made = options | {"t": backend.asarray(places), "reduction": "none"}
        value, back = pc.brownian_bridge.vjp(*given, **made)
        wanted, grads = [], []
        for i, t in enumerate(places):
            rows = [z[i : i + 1] for z in (X, Y, XA)]
            one = pc.brownian_bridge.value_and_grad(*rows, t=float(t), **options)
            wanted.append(one[0])
            grads.append(one[1].x[0])
        np.testing.assert_allclose(backend.read(value), wanted, rtol=1e-12)
        pulled = back(backend.asarray(np.ones(B)))
        np.testing.assert_allclose(backend.read(pulled.x), grads, rtol=1e-11, atol=1e-14)
        zero_d = options | {"t": backend.asarray(np.asarray(0.3))}
        np.testing.assert_allclose(
            backend.read(pc.brownian_bridge(*given, **zero_d)),
            pc.brownian_bridge(X, Y, XA, t=0.3, **options),
            rtol=1e-12,
        )


def test_places_in_a_traced_call():
    """Drawn for every step and passed in, under the transformations of both frameworks."""
    places = np.linspace(0.1, 0.9, B)
    wanted, grads = pc.brownian_bridge.value_and_grad(X, Y, XA, t=places)
    torch = pytest.importorskip("torch")
    x = torch.tensor(X, requires_grad=True)
    value = pc.brownian_bridge(x, torch.tensor(Y), torch.tensor(XA), t=torch.tensor(places))
    value.backward()
    np.testing.assert_allclose(value.item(), wanted, rtol=1e-12)
    np.testing.assert_allclose(x.grad.numpy(), grads.x, rtol=1e-11, atol=1e-14)


def test_places_under_jit():
    jax = pytest.importorskip("jax")
    from backends import Backend

    places = np.linspace(0.1, 0.9, B)
    given = [Backend.JAX.asarray(z) for z in (X, Y, XA, places)]
    run = jax.jit(jax.value_and_grad(lambda x, y, z, t: pc.brownian_bridge(x, y, z, t=t)))
    value, grad = run(*given)
    wanted, grads = pc.brownian_bridge.value_and_grad(X, Y, XA, t=places)
    np.testing.assert_allclose(value, wanted, rtol=1e-12)
    np.testing.assert_allclose(grad, grads.x, rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize(
    ("t", "likelihood", "words"),
    [
        (1.5, False, r"t must be in \[0, 1\], got 1.5"),
        (-0.1, False, r"t must be in \[0, 1\], got -0.1"),
        (math.nan, False, r"t must be in \[0, 1\], got nan"),
        (1.0, True, r"t must be in \(0, 1\) with likelihood=True, got 1"),
        (0.0, True, r"t must be in \(0, 1\) with likelihood=True, got 0"),
        (np.linspace(0, 1, B), True, r"t must be in \(0, 1\) with likelihood=True, got 0"),
        (np.full(B, 2.0), False, r"t must be in \[0, 1\], got 2"),
        (np.full(B + 1, 0.5), False, r"same number of rows, got x \(7, 5\) and t \(8,\)"),
        (np.zeros(B, dtype=int), False, "t must be a floating array of the library of x"),
        ("half", False, "t must be a number or an array"),
        (True, False, "t must be a number or an array"),
    ],
)
def test_places_that_are_none(t, likelihood, words):
    with pytest.raises(ValueError, match=f"^brownian_bridge: .*{words}"):
        pc.brownian_bridge(X, Y, XA, t=t, likelihood=likelihood)


# geometric_consistency, cyclip


def naive_consistency(x, y, in_modal=1.0, cross_modal=1.0):
    across = np.sum((x @ y.T - y @ x.T) ** 2)
    return (cross_modal * across + in_modal * np.sum((x @ x.T - y @ y.T) ** 2)) / len(x)


@pytest.mark.parametrize("rows", [3, 20])
@pytest.mark.parametrize("weights", [(1.0, 1.0), (0.3, 1.2), (0.0, 1.0), (1.0, 0.0)])
def test_consistency_has_two_equal_forms(rows, weights):
    """D x D products for many rows, B x B for few: both are the naive sum."""
    x, y = RNG.normal(size=(2, rows, 8))
    options = dict(in_modal=weights[0], cross_modal=weights[1])
    got = pc.geometric_consistency(x, y, normalize=False, **options)
    np.testing.assert_allclose(got, naive_consistency(x, y, **options), rtol=1e-12)


def test_zeros_of_consistency():
    """At Y = X, at Y = -X, and for a single sample of unit rows."""
    assert pc.geometric_consistency(X, X) == 0
    assert pc.geometric_consistency(X, -X) == 0
    assert pc.geometric_consistency(X[:1], Y[:1]) < 1e-28
    assert pc.geometric_consistency(X[:1], Y[:1], XA[:1], YA[:1]) > 0  # the matched term
    assert pc.geometric_consistency(X, Y) > 0


def test_consistency_is_of_degree_four_and_linear_in_its_weights():
    one = pc.geometric_consistency(X, Y, XA, YA, normalize=False)
    three = pc.geometric_consistency(3 * X, 3 * Y, 3 * XA, 3 * YA, normalize=False)
    np.testing.assert_allclose(three, 81 * one, rtol=1e-12)
    term = lambda a, c, w: pc.geometric_consistency(
        X, Y, XA, YA, in_modal=a, cross_modal=c, augmented=w
    )
    parts = 0.3 * term(1.0, 0.0, 0.0) + 2.0 * term(0.0, 1.0, 0.0) + 0.7 * term(0.0, 0.0, 1.0)
    np.testing.assert_allclose(term(0.3, 2.0, 0.7), parts, rtol=1e-12)


@pytest.mark.parametrize("rows", [4, 64])
def test_consistency_keeps_its_digits_near_the_optimum(rows):
    """The difference of the modalities is formed first; a difference of sums would lose four."""
    x = RNG.normal(size=(rows, 8)).astype(np.float32)
    y = x + np.float32(1e-3) * RNG.normal(size=(rows, 8)).astype(np.float32)
    wide = naive_consistency(x.astype(np.float64), y.astype(np.float64))
    got = pc.geometric_consistency(x, y, normalize=False)
    np.testing.assert_allclose(got, wide, rtol=1e-5)


def test_consistency_forms_as_few_products_as_it_can():
    """8 B D^2 operations for equal weights; the smaller of both forms."""
    b, d = 4096, 64
    both = pc.plan(pc.geometric_consistency, (b, d), (b, d))
    assert (both.value_flops, both.flops) == (4 * b * d**2, 8 * b * d**2)
    general = pc.plan(pc.geometric_consistency, (b, d), (b, d), in_modal=0.5)
    assert (general.value_flops, general.flops) == (8 * b * d**2, 14 * b * d**2)
    few = pc.plan(pc.geometric_consistency, (d, b), (d, b))
    assert (few.value_flops, few.flops) == (2 * b * d**2, 6 * b * d**2)


def test_both_augmented_arrays_or_none():
    with pytest.raises(ValueError, match=r"^geometric_consistency: x_aug and y_aug must be given"):
        pc.geometric_consistency(X, Y, XA)


def test_temperature_of_cyclip_is_that_of_its_contrast():
    """The cyclic terms act on plain cosines."""
    value, grads = pc.cyclip.value_and_grad(X, Y, wrt="temperature")
    contrast, wanted = pc.info_nce.value_and_grad(X, Y, wrt="temperature")
    np.testing.assert_allclose(grads.temperature, wanted.temperature, rtol=1e-13)
    np.testing.assert_allclose(value, contrast + pc.geometric_consistency(X, Y) / 4, rtol=1e-13)


# contrastive_gap_loss


def test_gap_loss_is_made_of_its_parts():
    """CUA without the cross term; alignment is 2 - 2 mean s_jj."""
    cua = pc.contrastive_gap_loss(X, Y, cross_uniformity_weight=0.0)
    parts = pc.info_nce(X, Y, temperature=0.01) + 2 - 2 * np.mean(np.sum(unit(X) * unit(Y), 1))
    parts += (pc.uniformity(X) + pc.uniformity(Y)) / 2
    np.testing.assert_allclose(cua, parts, rtol=1e-13)
    distances = np.sum((unit(X)[:, None] - unit(Y)[None]) ** 2, axis=-1)
    different = distances[~np.eye(B, dtype=bool)]
    cross = np.log(np.mean(np.exp(-2 * different)))
    np.testing.assert_allclose(pc.contrastive_gap_loss(X, Y), cua + cross, rtol=1e-12)


def test_bounds_of_the_potentials():
    """In [-4t, 0]: 0 where all rows coincide."""
    same = np.ones((B, D))
    only = dict(contrastive_weight=0.0, alignment_weight=0.0, t=3.0)
    for part in ("uniformity_weight", "cross_uniformity_weight"):
        off = {"uniformity_weight": 0.0, "cross_uniformity_weight": 0.0, part: 1.0}
        assert abs(pc.contrastive_gap_loss(same, same, **only, **off)) < 1e-12
        assert -12 <= pc.contrastive_gap_loss(X, Y, **only, **off) <= 0
    opposite = pc.contrastive_gap_loss(same, -same, **only, uniformity_weight=0.0)
    np.testing.assert_allclose(opposite, -12, rtol=1e-12)


def test_one_sample_has_no_pair():
    """Refused, unless no term needs a pair."""
    for off in ({}, {"uniformity_weight": 0.0}, {"cross_uniformity_weight": 0.0}):
        with pytest.raises(ValueError, match=r"^contrastive_gap_loss: x and y must have at least"):
            pc.contrastive_gap_loss(X[:1], Y[:1], **off)
    both_off = dict(uniformity_weight=0.0, cross_uniformity_weight=0.0)
    got = pc.contrastive_gap_loss(X[:1], Y[:1], **both_off)
    np.testing.assert_allclose(got, pc.alignment(X[:1], Y[:1]), rtol=1e-13)


def test_what_has_no_weight_is_not_computed():
    """CUA without the contrast forms no product between the modalities."""
    shapes = ((512, 8), (512, 8))
    options = dict(contrastive_weight=0.0, cross_uniformity_weight=0.0)
    walks = pc.plan(pc.contrastive_gap_loss, *shapes, **options).walks
    assert [w.symmetric for w in walks] == [True, True]
    assert len(pc.plan(pc.contrastive_gap_loss, *shapes).walks) == 4

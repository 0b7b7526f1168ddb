"""Contrasts of images with captions: identities, edges, and what is not read."""

import numpy as np
import pytest

import polycontrast as pc

RNG = np.random.default_rng(0)
X, Y, TX, TY = RNG.normal(size=(4, 6, 4))
HARD, T_HARD = RNG.normal(size=(2, 6, 3, 4))


def test_scores_of_an_image_may_be_shifted():
    """A direction that all captions of an image share adds the same number to all its scores."""
    plain = pc.image_grounded_contrast(X, Y, HARD, normalize=False, reduction="none")
    more = [np.concatenate([t, np.ones((*t.shape[:-1], 1))], axis=-1) for t in (X, Y, HARD)]
    more[0][:, -1] = RNG.normal(size=6)
    got = pc.image_grounded_contrast(*more, normalize=False, reduction="none")
    np.testing.assert_allclose(got, plain, rtol=1e-12)


def test_distances_of_degla_are_those_of_cosines():
    given = X, Y, HARD, TX, TY, T_HARD
    apart = pc.degla(*given, distill_weight=1.0) - pc.degla(*given, distill_weight=0.0)
    unit = [t / np.linalg.norm(t, axis=-1, keepdims=True) for t in given]
    wanted = sum(np.sum(2 - 2 * np.sum(a * b, -1)) for a, b in zip(unit[:3], unit[3:], strict=True))
    np.testing.assert_allclose(apart, wanted, rtol=1e-12)
    more = [np.concatenate([t, t]) for t in given]
    doubled = pc.degla(*more, distill_weight=1.0) - pc.degla(*more, distill_weight=0.0)
    np.testing.assert_allclose(doubled, 2 * wanted, rtol=1e-12)


def test_a_teacher_that_is_the_student_has_no_distance():
    given = X, Y, HARD, X, Y, HARD
    plain, far = (pc.degla.value_and_grad(*given, distill_weight=w) for w in (0.0, 5.0))
    np.testing.assert_allclose(far[0], plain[0], rtol=1e-14)
    np.testing.assert_allclose(far[1].negatives, plain[1].negatives, rtol=1e-14)


@pytest.mark.parametrize(
    ("objective", "given", "name"),
    [
        (pc.text_grounded_contrast, (Y, TY, HARD), "teacher_y"),
        (pc.degla, (X, Y, HARD, TX, TY, T_HARD), "teacher_negatives"),
    ],
)
def test_teachers_have_no_gradient(objective, given, name):
    assert name not in objective.value_and_grad(*given)[1]._fields
    with pytest.raises(ValueError, match=name):
        objective.value_and_grad(*given, wrt=name)


@pytest.mark.parametrize("count", [0, 2])
def test_captions_without_hard_ones(count):
    """Without negatives both grounded contrasts are 0, and only the base is left."""
    hard, theirs = HARD[:, :count], T_HARD[:, :count]
    parts = (pc.image_grounded_contrast(X, Y, hard), pc.text_grounded_contrast(Y, TY, hard))
    assert [float(part) == 0 for part in parts] == [count == 0] * 2
    for shared in (True, False):
        options = dict(shared_negatives=shared, distill_weight=0.0)
        value, grads = pc.degla.value_and_grad(X, Y, hard, TX, TY, theirs, **options)
        assert grads.negatives.shape == hard.shape
        if count == 0:
            np.testing.assert_allclose(value, pc.info_nce(X, Y), rtol=1e-12)


def test_anchor_binding_is_multiview_coding_of_the_core_graph():
    views, mask = np.stack([X, Y, TX, TY]), RNG.random((4, 6)) < 0.8
    for core in (0, 2):
        value, grads = pc.anchor_binding.value_and_grad(
            views, mask=mask, anchor=core, wrt=("views", "temperature")
        )
        wanted, theirs = pc.multiview_coding.value_and_grad(
            views, mask=mask, graph="core", core=core, wrt=("views", "temperature")
        )
        np.testing.assert_allclose(value, wanted / 6, rtol=1e-12)
        np.testing.assert_allclose(grads.views, theirs.views / 6, atol=1e-12)
        np.testing.assert_allclose(grads.temperature, theirs.temperature / 6, rtol=1e-12)


def test_a_temperature_for_each_modality():
    views, taus = np.stack([X, Y, TX]), np.asarray([9.0, 0.05, 0.2])
    value, grads = pc.anchor_binding.value_and_grad(
        views, temperature=taus, wrt=("views", "temperature")
    )
    pairs = [pc.info_nce(X, t, temperature=tau) for t, tau in ((Y, 0.05), (TX, 0.2))]
    np.testing.assert_allclose(value, sum(pairs) / 2, rtol=1e-12)
    assert grads.temperature.shape == (3,)
    assert grads.temperature[0] == 0
    same = pc.anchor_binding.value_and_grad(
        views, temperature=np.full(3, 0.1), wrt=("temperature",)
    )
    one = pc.anchor_binding.value_and_grad(views, temperature=0.1, wrt=("temperature",))
    np.testing.assert_allclose(same[1].temperature.sum(), one[1].temperature, rtol=1e-12)


def test_the_anchor_is_one_of_the_views():
    with pytest.raises(ValueError, match=r"^anchor_binding: anchor must be the index of one of 2"):
        pc.anchor_binding(np.stack([X, Y]), anchor=2)

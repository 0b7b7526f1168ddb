"""Contrasts within images: identities, chunks of images, pairs of pixels."""

import numpy as np
import pytest
from backends import Backend

import polycontrast as pc

RNG = np.random.default_rng(0)
X, Y, KX, KY = RNG.normal(size=(4, 7, 5, 3))
ALONE = np.broadcast_to(np.eye(5, dtype=bool), (7, 5, 5))
PAIRS = RNG.random((7, 5, 5)) < 0.3
WRT = ("x", "y", "temperature")


def of_each_image(symmetric):
    """Value and gradients of the mean over the images of `info_nce` of their places."""
    parts = [
        pc.info_nce.value_and_grad(x, y, temperature=0.2, symmetric=symmetric, wrt=WRT)
        for x, y in zip(X, Y, strict=True)
    ]
    rows = [np.stack([grads[k] for _, grads in parts]) / len(parts) for k in range(2)]
    values = np.mean([value for value, _ in parts])
    return values, (*rows, np.mean([grads.temperature for _, grads in parts]))


def assert_same(got, wanted, factor=1.0):
    np.testing.assert_allclose(got[0], factor * wanted[0], rtol=1e-12)
    for one, other in zip(got[1], wanted[1], strict=True):
        np.testing.assert_allclose(one, factor * other, rtol=1e-9, atol=1e-13)


def test_patch_nce_is_info_nce_of_each_image():
    got = pc.patch_nce.value_and_grad(X, Y, temperature=0.2, wrt=("query", "key", "temperature"))
    assert_same(got, of_each_image(symmetric=False))


def test_dual_patch_nce_is_twice_the_symmetric_one():
    value, (_of_source, of_target, of_tau) = of_each_image(symmetric=True)
    got = pc.dual_patch_nce.value_and_grad(X, Y, temperature=0.2, wrt=("target", "temperature"))
    assert_same(got, (value, (of_target, of_tau)), factor=2.0)
    # As the sum of two losses of one direction, whose source is held.
    one = pc.patch_nce.value_and_grad(X, Y, temperature=0.2, stop_grad="query")
    other = pc.patch_nce.value_and_grad(Y, X, temperature=0.2, stop_grad="key")
    assert not np.any(one[1].query)
    assert not np.any(other[1].key)
    np.testing.assert_allclose(got[0], one[0] + other[0], rtol=1e-12)
    np.testing.assert_allclose(got[1].target, one[1].key + other[1].query, rtol=1e-9)


def test_pix_contrast_of_equal_places_is_info_nce():
    got = pc.pix_contrast.value_and_grad(X, Y, ALONE, temperature=0.2, wrt=WRT)
    assert_same(got, of_each_image(symmetric=True))


def test_crops_may_be_swapped():
    value, grads = pc.pix_contrast.value_and_grad(X, Y, PAIRS, temperature=0.2)
    swapped = PAIRS.transpose(0, 2, 1)
    other = pc.pix_contrast.value_and_grad(Y, X, swapped, temperature=0.2)
    np.testing.assert_allclose(other[0], value, rtol=1e-12)
    np.testing.assert_allclose(other[1].y, grads.x, rtol=1e-9, atol=1e-14)
    targets = dict(x_target=X, y_target=Y, temperature=0.2)
    assert pc.pix_contrast(X, Y, PAIRS, **targets) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("pairs", [False, True])
def test_no_pair_and_all_pairs(pairs):
    value, grads = pc.pix_contrast.value_and_grad(X, Y, np.full((7, 5, 5), pairs))
    assert value == 0
    assert not np.any(grads.x)
    assert not np.any(grads.y)


def test_one_place():
    value, grads = pc.patch_nce.value_and_grad(X[:, :1], Y[:, :1], temperature=1e-3)
    assert value == 0
    assert not np.any(grads.query)


def test_targets_come_together():
    with pytest.raises(ValueError, match="pix_contrast: x_target and y_target must be given"):
        pc.pix_contrast(X, Y, PAIRS, X)


@pytest.mark.parametrize("options", [{"tile": (2, 2)}, {"memory": 100}, {"tile": (20, 20)}])
def test_chunks_in_jax(options):
    """Traced, with a remainder: a loop that XLA compiles once."""
    jax = pytest.importorskip("jax")
    jnp = Backend.JAX.xp
    given = [jnp.asarray(t) for t in (X, Y, PAIRS)]

    def loss(x, y, mask, t):
        return pc.pix_contrast(x, y, mask, temperature=t, **options)

    got = jax.jit(jax.value_and_grad(loss, (0, 1, 3)))(*given, jnp.asarray(0.2))
    wanted = pc.pix_contrast.value_and_grad(X, Y, PAIRS, temperature=0.2, wrt=WRT)
    assert_same(got, wanted)


def test_the_plan_counts_products():
    made = pc.plan(pc.patch_nce, (64, 49, 16), (64, 49, 16))
    assert made.value_flops == 2 * 64 * 49 * 49 * 16
    assert made.flops == 3 * made.value_flops
    again = pc.plan(pc.patch_nce, (64, 49, 16), (64, 49, 16), memory=1)
    assert again.flops == 4 * made.value_flops


def naive_mask(box_x, box_y, size, threshold):
    def centres(box):
        (x0, y0, x1, y1), (height, width) = box, size
        across, down = (x1 - x0) / width, (y1 - y0) / height
        return [
            (x0 + (w + 0.5) * across, y0 + (h + 0.5) * down)
            for h in range(height)
            for w in range(width)
        ], np.hypot(across, down)

    found = []
    for one, other in zip(box_x, box_y, strict=True):
        (a, long), (b, also) = centres(one), centres(other)
        found.append(
            [[np.hypot(*np.subtract(p, q)) < threshold * max(long, also) for q in b] for p in a]
        )
    return np.array(found)


def test_pixel_mask(backend):
    boxes = RNG.uniform(0, 1, size=(2, 4, 4))
    boxes[1, 0, [0, 2]] = boxes[1, 0, [2, 0]]  # one way of both is a flip
    wanted = naive_mask(*boxes, (2, 3), 0.7)
    assert wanted.any()
    assert not wanted.all()
    got = pc.pixel_mask(*map(backend.asarray, boxes), size=(2, 3))
    np.testing.assert_array_equal(backend.read(got), wanted)


def test_equal_boxes_give_equal_places():
    box = np.array([[0.0, 0.0, 8.0, 6.0]])
    np.testing.assert_array_equal(
        pc.pixel_mask(box, box, size=(3, 4), threshold=0.1)[0], np.eye(12)
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"box_y": np.ones((3, 4))}, "box_x and box_y must have equal shapes"),
        ({"box_x": np.ones((2, 5)), "box_y": np.ones((2, 5))}, "box_x and box_y must have equal"),
        ({"box_x": np.full((2, 4), np.nan)}, "box_x must be finite, got nan or infinite"),
        ({"box_y": np.full((2, 4), np.inf)}, "box_y must be finite, got nan or infinite"),
        ({"size": (2, 0)}, "size must be two integers above 0"),
        ({"size": 4}, "size must be two integers above 0"),
        ({"threshold": -1.0}, "threshold must be at least 0"),
    ],
)
def test_wrong_boxes(given, words):
    right = {"box_x": np.ones((2, 4)), "box_y": np.ones((2, 4)), "size": (2, 2)}
    with pytest.raises(ValueError, match=f"^pixel_mask: {words}"):
        pc.pixel_mask(**right | given)

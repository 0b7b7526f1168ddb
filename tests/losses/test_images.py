"""Images: identities of structural similarity, digits of small losses, sides, zeros of products."""

import numpy as np
import pytest

import polycontrast as pc
from polycontrast.calculus import GaussianWindow, halved
from polycontrast.calculus.images import BLOCK

RNG = np.random.default_rng(0)
X, Y = RNG.random((2, 3, 2, 24, 21))
SMALL = dict(window_size=5, weights=(0.3, 0.7))


@pytest.mark.parametrize(("loss", "options"), [(pc.ssim, {}), (pc.ms_ssim, SMALL)])
def test_equal_images(loss, options):
    value, grads = loss.value_and_grad(X, X, **options)
    assert value == 0
    assert not np.any(grads.x)
    assert not np.any(grads.y)


@pytest.mark.parametrize(("loss", "options"), [(pc.ssim, {}), (pc.ms_ssim, SMALL)])
def test_a_small_loss_keeps_its_digits(loss, options):
    """It grows with the square of a small difference, also far below the precision of 1."""
    step, sizes = RNG.normal(size=X.shape), np.asarray([1e-9, 1e-7])
    near, far = (loss(X, X + size * step, **options) for size in sizes)
    assert 0 < near < 1e-15
    assert far / near == pytest.approx(1e4, rel=1e-5)


def test_a_constant_is_luminance_alone():
    """Two images without structure: the means decide."""
    a, b, c1 = 0.8, 0.3, 0.01**2
    flat = np.ones((1, 1, 12, 12))
    wanted = 1 - (2 * a * b + c1) / (a**2 + b**2 + c1)
    assert pc.ssim(a * flat, b * flat) == pytest.approx(wanted, rel=1e-12)


def test_flat_images_in_float32():
    """Variances far below the square of the mean keep the digits of the differences."""
    x = (0.9 + 1e-3 * RNG.normal(size=(2, 1, 20, 20))).astype(np.float32)
    y = (x + 1e-3 * RNG.normal(size=x.shape)).astype(np.float32)
    got = pc.ssim.value_and_grad(x, y)
    wanted = pc.ssim.value_and_grad(x.astype(float), y.astype(float))
    assert got[0] == pytest.approx(float(wanted[0]), rel=2e-6)
    np.testing.assert_allclose(got[1].x, wanted[1].x, atol=2e-6 * np.abs(wanted[1].x).max())


@pytest.mark.parametrize("loss", [pc.ssim, pc.ms_ssim])
def test_the_unit_of_pixels_does_not_matter(loss):
    options = dict(SMALL) if loss is pc.ms_ssim else {}
    value, grads = loss.value_and_grad(X, Y, **options)
    other, of_bytes = loss.value_and_grad(255 * X, 255 * Y, data_range=255, **options)
    assert other == pytest.approx(value, rel=1e-12)
    np.testing.assert_allclose(255 * of_bytes.x, grads.x, rtol=1e-9, atol=1e-15)


def test_one_scale_is_ssim():
    y = X + 0.1 * Y
    value, grads = pc.ssim.value_and_grad(X, y, reduction="sum")
    other, also = pc.ms_ssim.value_and_grad(X, y, weights=(1.0,), reduction="sum")
    assert other == pytest.approx(value, rel=1e-12)
    for one, two in zip(grads, also, strict=True):
        np.testing.assert_allclose(two, one, rtol=1e-9, atol=1e-15)


def test_opposite_images_have_no_gradient():
    """A negative similarity makes the product 0."""
    value, grads = pc.ms_ssim.value_and_grad(X, 1 - X, **SMALL)
    assert value == 1
    assert not np.any(grads.x)


def test_sides_are_checked():
    x = np.ones((1, 1, 160, 200))
    with pytest.raises(ValueError, match=r"^ms_ssim: a window_size of 11 at 5 scales needs images"):
        pc.ms_ssim(x, x)
    assert pc.ms_ssim(x[..., :9, :9], x[..., :9, :9], **SMALL) == 0
    with pytest.raises(ValueError, match=r"^ssim: .* sides above 10, got x \(1, 1, 10, 200\)"):
        pc.ssim(x[..., :10, :], x[..., :10, :])


@pytest.mark.parametrize("size", [1, 4, 11])
@pytest.mark.parametrize("sides", [(24, 21), (2 * BLOCK + 5, 11), (11, BLOCK + 10)])
def test_a_window(size, sides):
    """Means by hand and their adjoint, also where long axes are divided into blocks."""
    x = RNG.random((2, 1, *sides))
    line = np.exp(-((np.arange(size) - size // 2) ** 2) / (2 * 1.5**2))
    table = np.outer(line, line) / line.sum() ** 2
    seen = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(-2, -1))
    window = GaussianWindow(x, size, 1.5)
    means = window.means(x)
    np.testing.assert_allclose(means, np.sum(seen * table, axis=(-2, -1)), rtol=1e-13)
    g = RNG.normal(size=means.shape)
    back = window.adjoint(g)
    assert back.shape == x.shape
    assert np.sum(g * means) == pytest.approx(np.sum(back * x), rel=1e-10)


@pytest.mark.parametrize("sides", [(4, 6), (5, 6), (4, 3), (1, 1)])
def test_halves_of_odd_sides(sides):
    """Zeros come first, and count."""
    x = RNG.normal(size=(2, *sides))
    padded = np.pad(x, ((0, 0), (sides[0] % 2, 0), (sides[1] % 2, 0)))
    wanted = sum(padded[:, i::2, j::2] for i in (0, 1) for j in (0, 1)) / 4
    means, back = halved(x)
    np.testing.assert_allclose(means, wanted, rtol=1e-14)
    g = RNG.normal(size=means.shape)
    assert np.sum(g * means) == pytest.approx(np.sum(back(g) * x), rel=1e-12)


MU, SIGMA, N, M = (RNG.normal(size=shape) for shape in ((2,), (2,), (3, 2), (3, 2)))


def test_without_noise_the_style_stays():
    np.testing.assert_allclose(pc.adv_style(X, MU, SIGMA, 0 * N, 0 * N), X, rtol=1e-12)


def test_gradients_of_the_style_are_reversed():
    """By the weight that is given, and by none else; that of the maps stays."""
    wrt, w = ("x", "adv_mu", "adv_sigma"), Y
    _, reversed_ = pc.adv_style.value_and_grad(X, MU, SIGMA, N, M, w, wrt=wrt)
    _, plain = pc.adv_style.value_and_grad(X, MU, SIGMA, N, M, w, wrt=wrt, adv_weight=-1.0)
    np.testing.assert_array_equal(plain.x, reversed_.x)
    np.testing.assert_array_equal(plain.adv_mu, -reversed_.adv_mu)
    np.testing.assert_array_equal(plain.adv_sigma, -reversed_.adv_sigma)
    step = 1e-6 * np.eye(2)
    slopes = [pc.adv_style(X, MU, SIGMA + e, N, M, w) for e in (*step, *-step)]
    slopes = (np.asarray(slopes[:2]) - slopes[2:]) / 2e-6
    np.testing.assert_allclose(plain.adv_sigma, slopes, rtol=1e-6)


def test_one_position_has_no_deviation():
    with pytest.raises(ValueError, match=r"^adv_style: x must have two positions"):
        pc.adv_style(X[..., :1, :1], MU, SIGMA, N, M)

"""Kernel losses and their neighbours, and what underflows in their formulas as printed."""

import numpy as np
import pytest

import polycontrast as pc

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(2, 7, 4))
LABELS = np.asarray([0, 1, 1, 0, 1, 0, 1])


def unit(x):
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


def squares(x, y):
    return ((x[:, None, :] - y[None, :, :]) ** 2).sum(-1)


def close(got, wanted, tolerance=1e-12):
    np.testing.assert_allclose(got, wanted, rtol=tolerance, atol=tolerance)


def others(x):
    return squares(x, x)[~np.eye(len(x), dtype=bool)]


def test_f_micl_of_kl_is_alignment_and_a_mean_kernel():
    sigma, weight = 0.7, 1.3
    kernels = np.exp(-others(unit(X)) / (2 * sigma**2))
    wanted = pc.alignment(X, Y) / (2 * sigma**2) - 1 + weight * kernels.mean()
    close(pc.f_micl(X, Y, sigma=sigma, weight=weight), wanted)


@pytest.mark.parametrize("divergence", ["kl", "chi2", "js", "hellinger"])
def test_f_micl_is_a_bound_of_nothing_where_rows_agree(divergence):
    """All rows the same: match and mismatch are alike, and no divergence is left."""
    close(pc.f_micl(np.ones((3, 2)), np.ones((3, 2)), divergence=divergence), 0)


def test_alpha_cl_with_exponent_one_has_the_gradient_of_dcl():
    grads = pc.alpha_cl.value_and_grad(X, Y, exponent=1.0, temperature=0.3)[1]
    wanted = pc.dcl.value_and_grad(X, Y, temperature=0.3)[1]
    close(grads.x, 0.3 * wanted.x)
    close(grads.y, 0.3 * wanted.y)


@pytest.mark.parametrize("tile", [None, (2, 3)])
def test_alpha_cl_where_all_weights_underflow(tile):
    """The nearest negative has all the weight; with `eps` a weight of 0 is a share of 0."""
    z = np.concatenate([unit(X), unit(Y)])
    c, sample = z @ z.T, np.arange(14) % 7
    match = np.diagonal(c, 7).copy()
    c[sample[:, None] == sample[None, :]] = -np.inf
    tiny = {"exponent": 1.0, "temperature": 1e-6, "tile": tile}
    assert np.exp(-(1 - c.max()) / 1e-6) == 0
    close(pc.alpha_cl(X, Y, **tiny), (c.max(1) - np.tile(match, 2)).mean())
    value, grads = pc.alpha_cl.value_and_grad(X, Y, eps=0.5, **tiny)
    close(value, 0)
    close(grads.x, 0)


@pytest.mark.parametrize("exponent", [0.5, 1.0, 2.0, 3.0, 4.0, 6.0])
def test_alpha_cl_of_any_power(exponent):
    """Even powers are products; a squared twice is the same power."""
    distance = np.maximum(1 - unit(X) @ unit(X).T, 0)
    logs = -(distance**exponent) / 0.5
    # Two views that coincide: the rows of one view, twice.
    np.fill_diagonal(logs, -np.inf)
    weights = np.exp(logs) / np.exp(logs).sum(1, keepdims=True)
    wanted = (weights * (1 - distance)).sum(1).mean() - 1
    close(pc.alpha_cl(X, X, exponent=exponent), wanted)


def test_cacr_without_repulsion_is_alignment():
    views = np.stack([X, Y])
    close(pc.cacr(views, beta=0.0), pc.alignment(X, Y))


@pytest.mark.parametrize("held", [False, True])
def test_cacr_of_even_weights_is_alignment_minus_the_mean_distance(held):
    views = np.stack([X, Y])
    apart = squares(unit(X), unit(Y))[~np.eye(7, dtype=bool)]
    value, grads = pc.cacr.value_and_grad(views, tau_neg=1e-12, stop_grad_weights=held)
    close(value, pc.alignment(X, Y) - apart.mean(), 1e-10)
    close(grads.views, pc.cacr.value_and_grad(views, tau_neg=1e-12)[1].views, 1e-10)


def test_cacr_of_held_weights_has_no_gradient_of_their_sharpness():
    _, grads = pc.cacr.value_and_grad(
        np.stack([X, Y, X + Y]), stop_grad_weights=True, wrt=("tau_pos", "tau_neg")
    )
    assert grads.tau_pos == grads.tau_neg == 0


@pytest.mark.parametrize("tile", [None, (2, 3)])
@pytest.mark.parametrize("held", [False, True])
def test_cacr_of_kernels_that_underflow(tile, held):
    """Rows so far apart that each kernel is 0: the log of their mean is that of the nearest."""
    views = 100 * np.stack([X, Y])
    value, grads = pc.cacr.value_and_grad(
        views, alpha=0.0, cost="rbf", normalize=False, stop_grad_weights=held, tile=tile
    )
    nearest = squares(*views) + np.diag(np.full(7, np.inf))
    assert np.exp(-2 * nearest.min()) == 0
    close(value, -2 * nearest.min() - np.log(7), 1e-9)
    assert np.isfinite(grads.views).all()
    assert np.abs(grads.views).max() > 0


def test_joint_entropy_beside_a_constant_is_that_of_one_space():
    alone = np.log(np.exp(-squares(X, X) / (2 * 0.4)).mean(1)).mean()
    close(pc.joint_entropy(X, np.ones((7, 2)), temperature=0.4), alone)
    close(pc.joint_entropy(np.ones((7, 2)), X, temperature=0.4), alone)


def test_joint_entropy_lies_between_minus_log_n_and_0():
    close(pc.joint_entropy(1e6 * X, Y), -np.log(7))
    close(pc.joint_entropy(np.ones((7, 2)), np.ones((7, 3))), 0)


def test_joint_entropy_far_from_the_origin():
    """Rows are centred, so float32 keeps the digits of their distances."""
    x = (X + 1e3).astype("f4")
    wanted, exact = pc.joint_entropy.value_and_grad(x.astype("f8"), Y)
    value, grads = pc.joint_entropy.value_and_grad(x, Y.astype("f4"))
    close(value, wanted, 1e-5)
    close(grads.x, exact.x, 1e-5)


def sepclr(salient_x, salient_y, labels=LABELS, **more):
    return pc.sepclr.value_and_grad(X, Y, salient_x, salient_y, labels, **more)


def parts(salient_x, salient_y, u, s, n, m, tau):
    """The same sum, made of the metrics that the library has."""
    target = LABELS == 1
    codes = [np.where(target[:, None], t, 0.0) for t in (salient_x, salient_y)]
    t, apart = 1 / (2 * tau), salient_x - salient_y
    spread = sum(pc.uniformity(v, t=t) for v in (X, Y)) / 2
    salient_spread = sum(pc.uniformity(c, t=t, normalize=False) for c in codes) / 2
    null = np.stack([salient_x, salient_y])[:, ~target]
    joint = sum(
        pc.joint_entropy(unit(v), c, temperature=tau) for v, c in zip((X, Y), codes, strict=True)
    )
    return (
        t * pc.alignment(X, Y)
        + u * spread
        + s * (t * (apart[target] ** 2).sum(-1).mean() + u * salient_spread)
        + n * t * (null**2).sum(-1).mean()
        + m / 2 * joint
    )


@pytest.mark.parametrize("tile", [None, (2, 3)])
def test_sepclr_is_a_sum_of_metrics(tile):
    salient = RNG.normal(size=(2, 7, 3))
    close(sepclr(*salient, tile=tile)[0], parts(*salient, 2, 1000, 1000, 10, 0.5))
    more = {"uniform_weight": 0.7, "salient_weight": 3.0, "null_weight": 2.0, "mi_weight": 0.0}
    value = sepclr(*salient, temperature=2.0, **more)[0]
    close(value, parts(*salient, 0.7, 3, 2, 0, 2.0))


def test_sepclr_sees_the_background_in_the_null_code_alone():
    salient = RNG.normal(size=(2, 7, 3))
    moved = salient + 5 * (LABELS == 0)[:, None]
    value, grads = sepclr(*salient, null_weight=0.0)
    close(sepclr(*moved, null_weight=0.0)[0], value)
    np.testing.assert_array_equal(grads.salient_x[LABELS == 0], 0)


@pytest.mark.parametrize("label", [0, 1])
def test_sepclr_without_a_background_or_without_a_target(label):
    """A mean over no samples is 0, and the codes of a pure background are all alike."""
    salient = RNG.normal(size=(2, 7, 3))
    value, grads = sepclr(*salient, labels=np.full(7, label))
    assert np.isfinite(value)
    assert np.isfinite(grads.salient_x).all()
    unused = {0: "salient_weight", 1: "null_weight"}[label]
    close(sepclr(*salient, labels=np.full(7, label), **{unused: 5.0})[0], value)

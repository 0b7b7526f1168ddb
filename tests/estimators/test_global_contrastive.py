"""What the specification says of the global contrastive loss."""

import math

import numpy as np
import pytest
from battery.cases import assert_close

import polycontrast as pc

B, TAU = 7, 0.3
UNSEEN = np.full((2, B), -np.inf)


@pytest.fixture
def pair():
    return np.random.default_rng(0).normal(size=(2, B, 4))


def unit(t):
    return t / np.linalg.norm(t, axis=1, keepdims=True)


@pytest.mark.parametrize("normalize", [True, False])
def test_it_is_the_flo_bound(pair, normalize):
    """Half the temperature times the bounds of both directions, in value and gradient."""
    log_u = np.random.default_rng(1).normal(size=(2, B))
    x, y = pair
    value, grads = pc.global_contrastive.value_and_grad(x, y, log_u, TAU, normalize=normalize)
    flo, gx, gy = 0.0, 0.0, 0.0
    for d in range(2):
        pieces = (x, y) if d == 0 else (y, x)
        bound, g = pc.flo_bound.value_and_grad(
            pieces, log_u[d], temperature=TAU, normalize=normalize
        )
        flo = flo + bound
        gx, gy = gx + g.scores[d], gy + g.scores[1 - d]
    assert value == pytest.approx(-TAU / 2 * flo)
    assert_close(grads.x, -TAU / 2 * gx, 1e-12)
    assert_close(grads.y, -TAU / 2 * gy, 1e-12)


@pytest.mark.parametrize("negatives", ["cross", "all"])
@pytest.mark.parametrize("tau", [TAU, "B", "2 B"])
def test_at_its_own_normaliser_it_is_the_loss_of_the_batch(pair, negatives, tau):
    """With gamma=1 it is tau (decoupled InfoNCE - log K + rho), of either form."""
    if tau != TAU:
        shape = (B,) if tau == "B" else (2, B)
        tau = np.random.default_rng(2).uniform(0.2, 0.5, shape)
    x, y = map(unit, pair)
    taus = np.broadcast_to(tau, (2, B))
    wanted = []
    for d, (a, p) in enumerate(((x, y), (y, x))):
        for i in range(B):
            others = [j for j in range(B) if j != i]
            z = p[others] if negatives == "cross" else np.concatenate([p[others], a[others]])
            h = (z @ a[i] - a[i] @ p[i]) / taus[d, i]
            wanted.append(taus[d, i] * (np.log(np.mean(np.exp(h))) + 0.7))
    options = dict(negatives=negatives, relative=True)
    log_u = pc.update_log_u(*pair, UNSEEN, tau, gamma=1.0, **options)
    got = pc.global_contrastive(*pair, log_u, tau, rho=0.7, reduction="none", **options)
    assert_close(got, np.reshape(wanted, (2, B)), 1e-12)
    # Without `relative` the state shifts by s_ii / tau and the gradient is the same.
    free = pc.update_log_u(*pair, UNSEEN, tau, gamma=1.0, negatives=negatives, relative=False)
    assert_close(free, log_u + np.sum(x * y, axis=1) / taus, 1e-12)
    wrt = ("x", "y")
    one = pc.global_contrastive.value_and_grad(*pair, log_u, tau, wrt=wrt, **options)[1]
    other = pc.global_contrastive.value_and_grad(
        *pair, free, tau, wrt=wrt, negatives=negatives, relative=False
    )[1]
    assert_close(other._asdict(), one._asdict(), 1e-12)


def test_it_is_decoupled_contrast(pair):
    """All negatives, gamma=1: the gradient of dcl times the temperature."""
    log_u = pc.update_log_u(*pair, UNSEEN, TAU, negatives="all")
    grads = pc.global_contrastive.value_and_grad(*pair, log_u, TAU, negatives="all")[1]
    wanted = pc.dcl.value_and_grad(*pair, temperature=TAU)[1]
    assert_close(grads.x, TAU * wanted.x, 1e-12)


def test_it_is_never_below_its_soft_maximum(pair):
    log_g = pc.update_log_u(*pair, UNSEEN, TAU)
    rng = np.random.default_rng(3)
    for _ in range(20):
        log_u = log_g + rng.normal(size=log_g.shape)
        assert np.all(pc.global_contrastive(*pair, log_u, TAU, reduction="none") > TAU * log_g)


def test_the_derivative_by_a_temperature_is_the_published_one(pair):
    """log u + rho - sum W h / tau, where the value's own has g / u - 1 besides."""
    x, y = map(unit, pair)
    log_u = np.random.default_rng(4).normal(size=(2, B))
    tau = np.random.default_rng(5).uniform(0.2, 0.5, (2, B))
    _, grads = pc.global_contrastive.value_and_grad(
        *pair, log_u, tau, rho=0.3, wrt="temperature", reduction="sum"
    )
    for d, (a, p) in enumerate(((x, y), (y, x))):
        for i in range(B):
            others = [j for j in range(B) if j != i]
            h = p[others] @ a[i] - a[i] @ p[i]
            w = np.exp(h / tau[d, i] - log_u[d, i]) / (B - 1)
            wanted = log_u[d, i] + 0.3 - np.sum(w * h) / tau[d, i]
            assert grads.temperature[d, i] == pytest.approx(wanted)


def test_shared_and_single_temperatures_add_up(pair):
    """One temperature for a sample, or for all, has the sum of the derivatives."""
    log_u = np.random.default_rng(6).normal(size=(2, B))

    def grad(tau):
        return pc.global_contrastive.value_and_grad(*pair, log_u, tau, wrt="temperature")[1][0]

    each = grad(np.full((2, B), TAU))
    assert_close(grad(np.full(B, TAU)), each.sum(axis=0), 1e-12)
    assert_close(grad(TAU), each.sum(), 1e-12)


def test_a_shared_state_serves_both_directions(pair):
    log_u = np.random.default_rng(7).normal(size=B)
    both = pc.global_contrastive(*pair, np.stack([log_u, log_u]), TAU)
    assert pc.global_contrastive(*pair, log_u, TAU) == pytest.approx(both)
    assert pc.update_log_u(*pair, log_u, TAU).shape == (2, B)


@pytest.mark.parametrize("tau", [TAU, "B"])
def test_the_step_is_the_two_calls(pair, tau):
    tau = np.full(B, TAU) if tau == "B" else tau
    options = dict(negatives="all", tile=(3, 2))
    value, grads, log_u = pc.global_contrastive_step(*pair, UNSEEN, tau, rho=0.1, **options)
    new = pc.update_log_u(*pair, UNSEEN, tau, **options)
    wanted, others = pc.global_contrastive.value_and_grad(*pair, new, tau, rho=0.1, **options)
    np.testing.assert_array_equal(log_u, new)
    assert value == wanted
    assert_close(grads._asdict(), others._asdict(), 1e-14)
    assert grads._fields == (("x", "y") if isinstance(tau, float) else ("x", "y", "temperature"))


@pytest.mark.parametrize("relative", [False, True])
def test_the_state_gets_a_gradient_on_request(pair, relative):
    """It is in no default. At the normaliser of the batch it is 0, and the loss is least there."""
    options = {"temperature": 0.4, "relative": relative}
    assert pc.global_contrastive.value_and_grad(*pair, np.zeros(B))[1]._fields == ("x", "y")
    log_g = pc.update_log_u(*pair, np.full((2, B), -np.inf), **options)
    least, grads = pc.global_contrastive.value_and_grad(*pair, log_g, wrt="log_u", **options)
    np.testing.assert_allclose(grads.log_u, 0, atol=1e-14)
    for step in (-1.0, 0.3, 2.0):
        value, grads = pc.global_contrastive.value_and_grad(
            *pair, log_g + step, wrt="log_u", **options
        )
        assert value > least
        np.testing.assert_allclose(grads.log_u, 0.4 * (1 - np.exp(-step)) / (2 * B))


def test_the_bound_has_the_same_variable(pair):
    """`flo_bound` is one direction of it: minus the losses of x over tau, less log(B - 1) moved."""
    tau, u = 0.4, np.random.default_rng(3).normal(size=B)
    bound, of_u = pc.flo_bound.value_and_grad(
        pair[0] @ pair[1].T / tau, u, wrt="u", normalize=False
    )
    losses, back = pc.global_contrastive.vjp(
        *pair, u, tau, wrt="log_u", normalize=False, reduction="none"
    )
    np.testing.assert_allclose(bound, -losses[0].mean() / tau)
    on_x = np.stack([np.ones(B), np.zeros(B)]) / (tau * B)
    np.testing.assert_allclose(of_u.u, -back(on_x).log_u)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (dict(temperature=np.full(B, -1.0)), "temperature must be finite and > 0, got -1.0"),
        (dict(temperature=np.full(B, np.inf)), "temperature must be finite and > 0, got inf"),
        (dict(temperature=np.full(B - 1, 0.1)), "x and temperature must have the same number of"),
        (dict(temperature=np.full((3, B), 0.1)), r"temperature must have shape \(B\) or \(2, B\)"),
        (dict(temperature="warm"), "temperature must be a number"),
        (dict(log_u=np.zeros((1, B))), r"log_u must have shape \(B\) or \(2, B\), got \(1, 7\)"),
        (dict(log_u=np.zeros(B + 1)), "x and log_u must have the same number of rows"),
        (dict(rho=-1.0), "rho must be finite and >= 0"),
        (dict(negatives="some"), "unknown negatives 'some'"),
    ],
)
def test_errors(pair, given, words):
    arguments = dict(log_u=np.zeros(B)) | given
    with pytest.raises((ValueError, TypeError), match=f"^global_contrastive: .*{words}"):
        pc.global_contrastive(*pair, **arguments)


@pytest.mark.parametrize("f", [pc.global_contrastive, pc.update_log_u])
def test_one_sample_has_no_negative(f):
    with pytest.raises(ValueError, match="at least 2 rows"):
        f(np.ones((1, 3)), np.ones((1, 3)), np.zeros(1))


def test_large_clusters_get_large_temperatures():
    """Clusters of unequal size, fixed rho: learned temperatures grow with the cluster.

    A temperature settles where the weights of the negatives have divergence rho from even ones. So
    it grows with the share of close negatives only while rho is small and no cluster holds near
    half of the samples; for large rho or large clusters the order turns round.
    """
    rng, cluster = np.random.default_rng(0), np.repeat(range(12), [16] * 4 + [6] * 4 + [2] * 4)
    n = len(cluster)
    x, y = (unit(np.eye(12)[cluster] + 0.1 * rng.normal(size=(n, 12))) for _ in range(2))
    tau, momentum, log_u = np.full(n, 0.1), np.zeros(n), np.full((2, n), -np.inf)
    for _ in range(300):
        log_u = pc.update_log_u(x, y, log_u, tau)
        _, grads = pc.global_contrastive.value_and_grad(
            x, y, log_u, tau, rho=0.05, wrt="temperature", reduction="sum"
        )
        tau, momentum = pc.update_temperature(
            tau, momentum, grads.temperature / 2, eta=0.01, min=0.01, max=5.0
        )
    large, middle, small = (tau[cluster // 4 == k].mean() for k in range(3))
    assert large > 1.1 * middle > 1.1 * 1.1 * small


def test_gradients_at_any_batch_need_no_other_constant(pair):
    """Half precision embeddings keep a state in float32, which nothing rounds."""
    half = [t.astype(np.float16) for t in pair]
    log_u = pc.update_log_u(*half, UNSEEN.astype(np.float32), TAU)
    assert log_u.dtype == np.float32
    value, grads = pc.global_contrastive.value_and_grad(*half, log_u, np.full(B, TAU, np.float32))
    assert (value.dtype, grads.x.dtype) == (np.float32, np.float16)
    assert grads.temperature.dtype == np.float32
    assert math.isfinite(value)

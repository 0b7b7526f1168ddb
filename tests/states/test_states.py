"""States of samples: moving averages, samplers, gathering and scattering."""

import numpy as np
import pytest
from backends import Backend
from battery.cases import assert_close

import polycontrast as pc


@pytest.fixture
def pair():
    return np.random.default_rng(0).normal(size=(2, 6, 4))


# Moving averages


def test_a_moving_average_of_numbers():
    old, new = np.log([1.0, 2.0]), np.log([3.0, 4.0])
    assert_close(np.exp(pc.update_log_normalizer(old, new, 0.25)), np.asarray([1.5, 2.5]), 1e-13)
    np.testing.assert_array_equal(pc.update_log_normalizer(old, new, 1), new)


def test_what_was_never_seen_takes_the_new():
    old, new = np.asarray([-np.inf, 0.0, -np.inf]), np.asarray([5.0, 1.0, -np.inf])
    got = pc.update_log_normalizer(old, new, 0.1)
    assert got[0] == 5.0
    assert 0 < got[1] < 1
    assert got[2] == -np.inf


def test_logarithms_do_not_overflow():
    old, new = np.asarray([1000.0]), np.asarray([2000.0])
    assert pc.update_log_normalizer(old, new, 0.5) == pytest.approx(2000 + np.log(0.5))


@pytest.mark.parametrize("gamma", [0, -0.1, 1.5, np.nan, "half", True])
def test_gamma_is_a_share(pair, gamma):
    with pytest.raises(ValueError, match=r"^update_log_normalizer: gamma must be a number in"):
        pc.update_log_normalizer(np.zeros(2), np.zeros(2), gamma)
    with pytest.raises((ValueError, TypeError), match=r"^update_log_u: gamma"):
        pc.update_log_u(*pair, np.zeros(6), gamma=0.0 if gamma is True else gamma)


def test_shapes_must_agree():
    with pytest.raises(ValueError, match=r"old \(2,\) and new \(3,\)"):
        pc.update_log_normalizer(np.zeros(2), np.zeros(3), 0.5)


def test_the_order_of_updates_matters_and_batches_average(pair):
    """log u' is that of the moving average of g; a step from u=g stays there."""
    state = np.full((2, 6), -np.inf)
    log_g = pc.update_log_u(*pair, state, 0.3, gamma=0.4)
    assert_close(pc.update_log_u(*pair, log_g, 0.3, gamma=0.4), log_g, 1e-12)
    other = pc.update_log_u(*pair, log_g + 1.0, 0.3, gamma=0.4)
    wanted = np.log(0.6 * np.exp(log_g + 1.0) + 0.4 * np.exp(log_g))
    assert_close(other, wanted, 1e-12)


@pytest.mark.parametrize("options", [{}, dict(tile=(2, 4), workers=2)])
def test_states_on_every_library(pair, backend, options):
    """The same numbers, in the library, dtype and place of the inputs."""
    state = np.full((2, 6), -np.inf)
    wanted = pc.update_log_u(*pair, state, 0.3, negatives="all")
    x, y, old = (backend.asarray(t) for t in (*pair, state))
    got = pc.update_log_u(x, y, old, 0.3, negatives="all", **options)
    assert backend.owns(got)
    assert_close(backend.read(got), wanted, 1e-12)
    log_z = pc.log_normalizer(x, y, temperature=0.3, scale=2.0, **options)
    assert backend.owns(log_z)
    assert_close(backend.read(log_z), pc.log_normalizer(*pair, temperature=0.3, scale=2.0), 1e-12)
    drawn = pc.sample_auxiliary(log_z, 3)
    assert backend.owns(drawn)
    assert_close(backend.read(drawn), pc.sample_auxiliary(backend.read(log_z), 3), 1e-12)


def test_log_normalizer_is_the_log_of_the_sum(pair):
    x, y = (t / np.linalg.norm(t, axis=1, keepdims=True) for t in pair)
    terms = np.exp(x @ y.T / 0.3) * np.where(np.eye(6) == 1, 1.0, 2.0)
    got = pc.log_normalizer(*pair, temperature=0.3, scale=2.0)
    assert_close(got, np.log(terms.sum(axis=1)), 1e-12)
    without = pc.log_normalizer(*pair, temperature=0.3, include_positive=False)
    assert_close(np.exp(without), (np.exp(x @ y.T / 0.3) * (1 - np.eye(6))).sum(axis=1), 1e-12)
    one = pc.log_normalizer(x[:1], y[:1], include_positive=False)
    assert one == -np.inf


def test_states_have_no_history():
    torch = pytest.importorskip("torch")
    x, y = torch.randn(2, 5, 3, dtype=torch.float64, requires_grad=True)
    log_u = pc.update_log_u(x, y, torch.full((2, 5), -torch.inf, dtype=torch.float64))
    assert not log_u.requires_grad
    assert not pc.log_normalizer(x, y).requires_grad
    loss = pc.global_contrastive(x, y, log_u)
    assert loss.requires_grad


def test_states_under_jit(pair):
    jax = pytest.importorskip("jax")
    x, y = (Backend.JAX.asarray(t) for t in pair)
    state = Backend.JAX.asarray(np.full((2, 9), -np.inf))
    index = Backend.JAX.asarray(np.asarray([8, 0, 3, 2, 5, 7]))

    @jax.jit
    def step(x, y, state, index):
        old = pc.gather_state(state, index)
        new = pc.update_log_u(x, y, old, 0.3)
        return pc.scatter_state(state, index, new)

    got = Backend.JAX.read(step(x, y, state, index))
    wanted = np.full((2, 9), -np.inf)
    wanted[:, [8, 0, 3, 2, 5, 7]] = pc.update_log_u(*pair, np.full((2, 6), -np.inf), 0.3)
    seen = np.isfinite(wanted)
    np.testing.assert_array_equal(np.isfinite(got), seen)
    assert_close(got[seen], wanted[seen], 1e-12)


def test_messages_of_states_begin_with_their_names(pair):
    x, y = pair
    for call, name in (
        (lambda: pc.update_log_u(x, y[:5], np.zeros(6)), "update_log_u: x and y must have"),
        (lambda: pc.update_log_u(x, y, np.zeros(5)), "update_log_u: x and log_u must have"),
        (lambda: pc.update_log_u(x, y, np.zeros(6), gama=0.1), "update_log_u: .*gama"),
        (lambda: pc.log_normalizer(x, y, temperature=0), "log_normalizer: temperature must be"),
        (lambda: pc.log_normalizer(x, y, scale=-1.0), "log_normalizer: scale must be"),
    ):
        with pytest.raises((ValueError, TypeError), match=f"^{name}"):
            call()


# The sampler


def test_auxiliaries_have_the_moments_of_the_gamma_distribution():
    log_z = np.full(200_000, 2.0)
    for draws in (1, 4):
        g = np.exp(pc.sample_auxiliary(log_z, 0, draws=draws) + 2.0)
        assert g.mean() == pytest.approx(1, abs=0.01)
        assert g.var() == pytest.approx(1 / draws, rel=0.03)
    np.testing.assert_array_equal(pc.sample_auxiliary(log_z, draws=None), -log_z)


def test_seeds_and_generators():
    """A seed gives the same numbers again, a generator goes on; dtype follows the state."""
    log_z = np.zeros((2, 5), dtype=np.float32)
    first = pc.sample_auxiliary(log_z, 7)
    assert first.dtype == np.float32
    np.testing.assert_array_equal(first, pc.sample_auxiliary(log_z, 7))
    generator = np.random.default_rng(7)
    np.testing.assert_array_equal(first, pc.sample_auxiliary(log_z, generator))
    assert np.any(first != pc.sample_auxiliary(log_z, generator))


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        (dict(seed_or_generator=None), TypeError, "NoneType"),
        (dict(seed_or_generator="zero"), TypeError, "str"),
        (dict(seed_or_generator=True), TypeError, "bool"),
        (dict(seed_or_generator=0, draws=0), ValueError, "draws must be None or an integer"),
        (dict(seed_or_generator=0, draws=1.5), ValueError, "draws must be None or an integer"),
    ],
)
def test_wrong_draws(given, error, words):
    with pytest.raises(error, match=f"^sample_auxiliary: .*{words}"):
        pc.sample_auxiliary(np.zeros(3), **given)
    with pytest.raises(TypeError):
        pc.sample_auxiliary([0.0], 0)
    with pytest.raises(TypeError):
        pc.sample_auxiliary(np.zeros(3, dtype=int), 0)


# Temperatures


def test_a_step_of_descent_with_momentum():
    tau, m, g = np.asarray([0.02, 0.03]), np.asarray([0.5, -0.5]), np.asarray([1.0, 2.0])
    new, momentum = pc.update_temperature(tau, m, g, eta=0.001, beta=0.9, min=0.001, max=1.0)
    assert_close(momentum, 0.1 * m + 0.9 * g, 1e-14)
    assert_close(new, tau - 0.001 * momentum, 1e-14)


def test_a_single_temperature_takes_steps(backend):
    """What a step returns for 0-d arrays goes into the next one."""
    tau, momentum, grad = (backend.asarray(np.asarray(t)) for t in (0.02, 0.0, 1.0))
    for _ in range(2):
        tau, momentum = pc.update_temperature(tau, momentum, grad)
        assert type(tau) is type(momentum) is type(grad)
    assert_close(backend.read(momentum), np.asarray(0.99), 1e-12)


@pytest.mark.parametrize("draws", [1, None])
def test_a_single_auxiliary_is_an_array(backend, draws):
    log_z = backend.asarray(np.asarray(2.0))
    drawn = pc.sample_auxiliary(log_z, 0, draws=draws)
    assert type(drawn) is type(log_z)
    assert drawn.shape == ()


def test_temperatures_stay_within_bounds():
    tau, _ = pc.update_temperature(
        np.full(2, 0.02), np.zeros(2), np.asarray([1e3, -1e3]), min=0.01, max=0.05
    )
    assert tau.tolist() == [0.01, 0.05]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (dict(eta=0.0), "eta"),
        (dict(beta=1.5), "beta"),
        (dict(min=0.0), "0 < min <= max"),
        (dict(min=0.1, max=0.05), "0 < min <= max"),
    ],
)
def test_wrong_steps(options, words):
    with pytest.raises(ValueError, match=f"^update_temperature: .*{words}"):
        pc.update_temperature(np.ones(2), np.zeros(2), np.zeros(2), **options)
    with pytest.raises(ValueError, match=r"equal shapes, got \(2,\), \(2,\), \(3,\)"):
        pc.update_temperature(np.ones(2), np.zeros(2), np.zeros(3))


# Slots


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int16", "uint16", "int32"])
def test_narrow_indices_reach_their_slots_only(backend, dtype):
    """More slots than the dtype of the indices has numbers: none of them is taken for another."""
    index, slots = [3, 120, 0], 70_000
    given = backend.asarray(np.asarray(index, dtype))
    state = np.arange(float(slots))
    wanted = state.copy()
    wanted[index] = [-1.0, -2.0, -3.0]
    made = [backend.asarray(t, "float32") for t in (state, np.asarray([-1.0, -2.0, -3.0]))]
    got = backend.read(pc.scatter_state(made[0], given, made[1]))
    np.testing.assert_array_equal(got, wanted)
    np.testing.assert_array_equal(backend.read(pc.gather_state(made[0], given)), state[index])


@pytest.mark.parametrize("shape", [(9,), (2, 9), (3, 2, 9)])
def test_scatter_undoes_gather(backend, shape):
    rng = np.random.default_rng(0)
    state, index = rng.normal(size=shape), np.asarray([7, 0, 4, 8])
    new = rng.normal(size=(*shape[:-1], 4))
    given = (backend.asarray(state), backend.asarray(index), backend.asarray(new))
    wanted = state.copy()
    wanted[..., index] = new
    got = pc.scatter_state(*given)
    assert backend.owns(got)
    np.testing.assert_array_equal(backend.read(got), wanted)
    np.testing.assert_array_equal(backend.read(pc.gather_state(got, given[1])), new)
    np.testing.assert_array_equal(backend.read(given[0]), state)  # untouched


def test_a_state_is_saved_with_the_optimiser(tmp_path):
    state = {"log_u": np.full((2, 4), -np.inf), "step": np.asarray(3)}
    state["log_u"] = pc.scatter_state(state["log_u"], np.asarray([1]), np.zeros((2, 1)))
    np.savez(tmp_path / "state.npz", **state)
    with np.load(tmp_path / "state.npz") as back:
        np.testing.assert_array_equal(back["log_u"], state["log_u"])


@pytest.mark.parametrize(
    ("index", "error", "words"),
    [
        (np.asarray([0, 4]), ValueError, r"in \[0, 4\), the samples of state \(2, 4\), got 4"),
        (np.asarray([-1, 1]), ValueError, "got -1"),
        (np.asarray([2, 0, 2]), ValueError, "each sample once, got 2 more than once"),
        (np.asarray([0.0, 1.0]), TypeError, "integral dtype, got float64"),
        (np.asarray([True, False]), TypeError, "integral dtype, got bool"),
        (np.asarray([[0, 1]]), ValueError, r"shape \(B,\), got \(1, 2\)"),
        (np.asarray([], dtype=int), ValueError, r"shape \(B,\), got \(0,\)"),
        ([0, 1], TypeError, "index must be an array"),
    ],
)
def test_wrong_indices(index, error, words):
    state = np.zeros((2, 4))
    with pytest.raises(error, match=f"^gather_state: index .*{words}|index must be an array"):
        pc.gather_state(state, index)
    with pytest.raises(error, match=f"^scatter_state: index .*{words}|index must be an array"):
        pc.scatter_state(state, index, np.zeros((2, np.size(index))))


@pytest.mark.parametrize(
    ("new", "error", "words"),
    [
        (np.zeros((2, 3)), ValueError, r"new must have shape \(2, 2\), got state \(2, 4\)"),
        (np.zeros(2), ValueError, r"new must have shape \(2, 2\)"),
        (np.zeros((2, 2), np.float32), TypeError, "same dtype, got state float64 and new float32"),
        ([[0.0, 0.0]] * 2, TypeError, "new must be an array"),
    ],
)
def test_wrong_new_states(new, error, words):
    with pytest.raises(error, match=f"^scatter_state: .*{words}"):
        pc.scatter_state(np.zeros((2, 4)), np.asarray([0, 1]), new)


def test_stochastic_em_finds_the_normalisers():
    """The loop of the specification: small batches, each with its state, know the whole set."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 40, 3))
    tau, n = 0.5, 40
    log_z = np.full(n, -np.inf)
    for step in range(1, 1500):
        index = rng.choice(n, 8, replace=False)
        new = pc.log_normalizer(x[index], y[index], temperature=tau, scale=(n - 1) / 7)
        old = pc.gather_state(log_z, index)
        new = pc.update_log_normalizer(old, new, max(0.02, step**-0.7))
        log_z = pc.scatter_state(log_z, index, new)
    whole = pc.log_normalizer(x, y, temperature=tau)
    assert np.max(np.abs(log_z - whole)) < 0.15


def test_a_state_that_is_no_number_stays_one_without_a_warning():
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = pc.update_log_normalizer(np.asarray([np.nan, 0.0]), np.asarray([1.0, np.nan]), 0.5)
    assert np.isnan(got).all()

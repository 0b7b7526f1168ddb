"""Losses that follow a teacher, a past or gradients, and weighted losses: digits, edges."""

import numpy as np
import pytest

import polycontrast as pc

RNG = np.random.default_rng(0)
S, T = RNG.normal(size=(2, 6, 4))


def test_near_the_teacher_digits_stay():
    """In float32, where student and teacher differ by 1e-4 in logits of size 10."""
    teacher = (10 * RNG.normal(size=(8, 5))).astype("f4")
    student = teacher + (1e-4 * RNG.normal(size=(8, 5))).astype("f4")
    wanted, exact = pc.distill_kl.value_and_grad(student.astype("f8"), teacher.astype("f8"))
    value, grads = pc.distill_kl.value_and_grad(student, teacher)
    assert value == pytest.approx(float(wanted), rel=1e-2)
    np.testing.assert_allclose(grads.scores, exact.scores, atol=2e-2 * np.abs(exact.scores).max())
    assert abs(pc.distill_kl(teacher, teacher + np.float32(64.0))) < 1e-12


def test_far_from_the_teacher():
    value, grads = pc.distill_kl.value_and_grad(np.array([[1e4, -1e4]]), np.array([[-1e4, 1e4]]))
    assert value == pytest.approx(2e4)
    np.testing.assert_array_equal(grads.scores, [[1.0, -1.0]])


def test_a_high_temperature_compares_scores_without_their_means():
    centred = S - S.mean(1, keepdims=True) - T + T.mean(1, keepdims=True)
    wanted = np.mean(np.sum(centred**2, axis=1)) / 8
    assert pc.distill_kl(S, T, temperature=1e5) == pytest.approx(wanted, rel=1e-4)


def test_a_constant_in_a_row_changes_nothing():
    shift = RNG.normal(size=(6, 1))
    assert pc.trajectory_kl(S + shift, T) == pytest.approx(float(pc.trajectory_kl(S, T)), rel=1e-12)


def test_features_of_length_zero():
    zero, one = np.zeros((1, 2)), np.array([[1.0, 0.0]])
    label = np.array([0])
    value, grads = pc.nd.value_and_grad(zero, zero, one, label)
    assert value == 1
    assert not np.any(grads.student)
    value, grads = pc.nd.value_and_grad(zero, 2 * one, one, label)
    assert value == 1
    np.testing.assert_array_equal(grads.student, [[-0.5, 0.0]])
    assert pc.nd(one, one, zero, label) == 1  # a class whose centre is 0 has no direction
    assert pc.nd(-one, one, one, label) == 2


def test_equal_lengths_take_the_gradient_along_the_sphere():
    grads = pc.nd.value_and_grad(np.eye(2), np.eye(2), np.eye(2), np.array([1, 0]))[1]
    np.testing.assert_allclose(grads.student, -np.eye(2)[::-1] / 2)


def test_a_feature_on_its_centre_keeps_its_digits():
    student = np.array([[3.0, 3e-4]], "f4")
    value = pc.nd(student, student / 2, np.array([[1.0, 0.0]], "f4"), np.array([0]))
    assert value == pytest.approx(1e-8 / 2, rel=1e-4)


def test_the_best_mean_and_variance():
    """They are those of the observed numbers."""
    y = RNG.normal(size=50) * 3 + 1
    mean, log_var = np.full(50, y.mean()), np.full(50, np.log(y.var()))
    grads = pc.gaussian_nll.value_and_grad(mean, log_var, y)[1]
    assert abs(grads.mean.sum()) < 1e-14
    assert abs(grads.log_var.sum()) < 1e-14


def test_an_exact_mean_at_any_precision():
    for v in (1e4, -1e4):
        value, grads = pc.gaussian_nll.value_and_grad(np.ones(2), np.full(2, v), np.ones(2))
        assert value == v / 2
        assert not np.any(grads.mean)


def test_one_shape():
    with pytest.raises(
        ValueError, match=r"^gaussian_nll: mean, .* one shape, got \(6, 4\), \(6,\)"
    ):
        pc.gaussian_nll(S, S[:, 0], S)


@pytest.mark.parametrize("strategy", ["linupper", "quadratic", "extremes"])
def test_weights_of_losses(strategy):
    losses = np.array([0.5, 1.0, 2.0, 4.0])
    weights = pc.loss_weights(losses, strategy=strategy)
    assert weights.sum() == pytest.approx(1)
    value, grads = pc.loss_reweight.value_and_grad(losses, strategy=strategy)
    assert value == pytest.approx(weights @ losses)
    np.testing.assert_array_equal(grads.losses, weights)
    for same in ({"r": np.inf}, {"losses": np.full(4, 7.0)}):
        even = pc.loss_weights(**{"losses": losses, "strategy": strategy} | same)
        np.testing.assert_allclose(even, 0.25)
    peak = {"linupper": [3], "quadratic": [2], "extremes": [0, 3]}[strategy]
    np.testing.assert_allclose(weights[peak], weights.max())


def test_small_evenness():
    """The weights are a softmax: no exponential overflows."""
    weights = pc.loss_weights(np.array([1.0, 2.0, 4.0], "f4"), r=1e-4, strategy="quadratic")
    np.testing.assert_array_equal(weights, [0, 1, 0])


LAYERS = [(3, 4), (3, 4, 2), (3, 2, 2, 5)]
SYN, REAL = ([RNG.normal(size=shape) for shape in LAYERS] for _ in range(2))


@pytest.mark.parametrize("distance", ["layerwise", "mse", "cos"])
def test_gradients_of_one_class(distance):
    """Then a mean is a sum."""
    one = [[t[:1] for t in given] for given in (SYN, REAL)]
    both = [pc.gradient_match(*one, contrast=c, distance=distance) for c in (True, False)]
    assert both[0] == pytest.approx(float(both[1]), rel=1e-12)
    assert pc.gradient_match(SYN, SYN, distance=distance) == pytest.approx(0, abs=1e-5)


def test_rows_of_gradients_may_have_any_size():
    scaled = [t * RNG.uniform(0.1, 10, (1, t.shape[1], *[1] * (t.ndim - 2))) for t in SYN]
    wanted = pc.gradient_match(SYN, REAL, eps=1e-12)
    assert pc.gradient_match(scaled, REAL, eps=1e-12) == pytest.approx(float(wanted), rel=1e-9)


def test_biases_have_no_rows():
    other = [RNG.normal(size=LAYERS[0]), *SYN[1:]]
    value, grads = pc.gradient_match.value_and_grad(other, REAL)
    assert value == pc.gradient_match(SYN, REAL)
    assert not np.any(grads.syn[0])
    assert np.any(pc.gradient_match.value_and_grad(other, REAL, distance="cos")[1].syn[0])


def test_gradients_of_zeros():
    zeros = [np.zeros((1, 1, 2))]
    real = [np.array([[[3.0, 4.0]]])]
    value, grads = pc.gradient_match.value_and_grad(zeros, real, eps=0.5)
    assert value == 1
    np.testing.assert_allclose(grads.syn[0], -2 * real[0])
    assert not np.any(grads.real[0])


def test_nearly_parallel_gradients_keep_their_digits():
    real = [np.array([[[1.0, 1e-4]]], "f4")]
    value, grads = pc.gradient_match.value_and_grad(
        [np.array([[[2.0, 0.0]]], "f4")], real, eps=1e-20
    )
    assert value == pytest.approx(1e-8 / 2, rel=1e-4)
    np.testing.assert_allclose(grads.syn[0], [[[0.0, -5e-5]]], rtol=1e-4, atol=1e-8)


@pytest.mark.parametrize(
    ("syn", "real", "words"),
    [
        (SYN, REAL[:2], r"syn and real must hold .* same shapes, got \(3, 4\), .* and \(3, 4\)"),
        (SYN[:1], REAL[:1], r"syn must hold an array \(C, out, \.\.\.\)"),
        ([np.ones((2, 2)), np.ones((3, 2))], REAL, "syn.* must have the same length of axis C"),
        ([np.ones(())], [np.ones(())], r"syn\[0\] must have shape"),
    ],
)
def test_gradients_that_do_not_fit(syn, real, words):
    with pytest.raises(ValueError, match=f"^gradient_match: {words}"):
        pc.gradient_match(syn, real)


def test_gradients_of_torch_parameters():
    """Lists of tensors, as autograd gives them; nothing else is differentiated."""
    torch = pytest.importorskip("torch")
    syn = [torch.asarray(t, requires_grad=True) for t in SYN]
    real = [torch.asarray(t) for t in REAL]
    pc.gradient_match(syn, real).backward()
    wanted = pc.gradient_match.value_and_grad(SYN, REAL)[1]
    for got, want in zip(syn, wanted.syn, strict=True):
        np.testing.assert_allclose(got.grad, want, atol=1e-14)


def test_gradients_under_jit():
    jax = pytest.importorskip("jax")
    call = jax.jit(jax.value_and_grad(pc.gradient_match))
    value, grads = call(*([jax.numpy.asarray(t) for t in given] for given in (SYN, REAL)))
    wanted = pc.gradient_match.value_and_grad(SYN, REAL)
    assert float(value) == pytest.approx(float(wanted[0]), rel=1e-5)
    for got, want in zip(grads, wanted[1].syn, strict=True):
        np.testing.assert_allclose(got, want, atol=1e-5)

"""Whitened columns: identities, equal eigenvalues, second derivatives, ranks, singular ones."""

import numpy as np
import pytest
from backends import Backend
from battery.cases import assert_close

import polycontrast as pc
from polycontrast.arrays import eigh
from polycontrast.distributed import LocalGroup
from polycontrast.testing import check_gradient

RNG = np.random.default_rng(0)
X = RNG.normal(size=(9, 6)) @ RNG.normal(size=(6, 6)) + 3.0
PERM = np.array([4, 0, 5, 2, 1, 3])
VIEWS = RNG.normal(size=(3, 9, 6))
PERMS = np.stack([np.roll(PERM, k) for k in range(3)])
ROTATION, _ = np.linalg.qr(RNG.normal(size=(3, 3)))


@pytest.mark.parametrize("perm", [None, PERM])
def test_each_group_has_mean_zero_and_unit_covariance(perm):
    z = pc.group_whiten(X, perm, num_groups=2)
    np.testing.assert_allclose(z.mean(axis=0), 0, atol=1e-12)
    order = np.arange(6) if perm is None else perm
    for columns in (order[:3], order[3:]):
        part = z[:, columns]
        np.testing.assert_allclose(part.T @ part / 9, np.eye(3), atol=1e-11)
    np.testing.assert_allclose(pc.group_whiten(z, perm, num_groups=2), z, atol=1e-10)


def test_a_rotation_within_a_group_rotates_the_result():
    turn = np.eye(6)
    turn[:3, :3] = ROTATION
    got, z = pc.group_whiten(X @ turn, num_groups=2), pc.group_whiten(X, num_groups=2)
    np.testing.assert_allclose(got, z @ turn, atol=1e-10)


def test_the_gradient_is_orthogonal_to_rows_and_constants():
    """The result does not depend on the scale of all rows or on a shift."""
    _, back = pc.group_whiten.vjp(X, PERM, num_groups=2)
    (grad,) = back(RNG.normal(size=X.shape))
    assert abs(np.sum(grad * X)) < 1e-11
    np.testing.assert_allclose(grad.sum(axis=0), 0, atol=1e-11)


class Whitened:
    """`group_whiten`, weighted by a cotangent."""

    def __init__(self, **options):
        self.options, self.g = options, np.random.default_rng(5).normal(size=X.shape)

    def __call__(self, *, x):
        return np.sum(self.g * pc.group_whiten(x, **self.options))

    def value_and_grad(self, *, x, wrt=None):
        value, back = pc.group_whiten.vjp(x, **self.options, wrt=wrt)
        return np.sum(self.g * value), back(self.g)


@pytest.mark.parametrize("options", [{}, {"perm": PERM}, {"eps": 0.3}])
@pytest.mark.parametrize("whitened", [False, True])
def test_finite_differences(options, whitened):
    """Also where all eigenvalues are equal, as those of whitened columns."""
    x = pc.group_whiten(X, options.get("perm"), num_groups=2) if whitened else X
    report = check_gradient(Whitened(num_groups=2, **options), x=x)
    assert report, str(report)


@pytest.mark.parametrize("equal", [False, True])
def test_second_derivatives(equal):
    """By `hvp`, by torch and by JAX, on different and on equal eigenvalues."""
    views, v = VIEWS, RNG.normal(size=VIEWS.shape)
    if equal:
        whole = [pc.group_whiten(x, p, num_groups=2) for x, p in zip(VIEWS, PERMS, strict=True)]
        views = np.stack(whole)
    options = dict(num_groups=2, temperature=0.5)
    got = pc.whitened_info_nce.hvp((views, PERMS), (v,), **options).views
    h = 1e-5
    one, other = (
        pc.whitened_info_nce.value_and_grad(views + s * v, PERMS, **options)[1].views
        for s in (h, -h)
    )
    np.testing.assert_allclose(got, (one - other) / (2 * h), atol=1e-7)
    torch = pytest.importorskip("torch")
    t = torch.tensor(views, requires_grad=True)
    value = pc.whitened_info_nce(t, torch.tensor(PERMS), **options)
    (grad,) = torch.autograd.grad(value, t, create_graph=True)
    (second,) = torch.autograd.grad((grad * torch.tensor(v)).sum(), t)
    np.testing.assert_allclose(second.numpy(), got, atol=1e-11)
    jax, jnp = pytest.importorskip("jax"), Backend.JAX.xp
    perms = jnp.asarray(PERMS)

    def along(x):
        grad = jax.grad(lambda t: pc.whitened_info_nce(t, perms, **options))(x)
        return jnp.sum(grad * jnp.asarray(v))

    np.testing.assert_allclose(jax.jit(jax.grad(along))(jnp.asarray(views)), got, atol=1e-11)


def test_on_every_library(backend):
    """Several groups, without eps, and a permutation of 32 bits."""
    value, back = pc.group_whiten.vjp(X, PERM, num_groups=3)
    given = backend.asarray(X), backend.asarray(PERM.astype(np.int32))
    got, got_back = pc.group_whiten.vjp(*given, num_groups=3)
    np.testing.assert_allclose(backend.read(got), value, atol=1e-10)
    g = RNG.normal(size=X.shape)
    grad = backend.read(got_back(backend.asarray(g)).x)
    np.testing.assert_allclose(grad, back(g).x, atol=1e-10)


def test_float32_far_from_the_origin():
    x = (X + 1000).astype(np.float32)
    got = pc.group_whiten(x, num_groups=2)
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, pc.group_whiten(x.astype(float), num_groups=2), atol=2e-4)


def test_one_order_and_one_array_is_info_nce_of_whitened_rows():
    z = pc.group_whiten(X, PERM, num_groups=2)
    other = pc.group_whiten(VIEWS[0], PERM[::-1].copy(), num_groups=2)
    got = pc.whitened_info_nce(
        [X, VIEWS[0]], np.stack([PERM, PERM[::-1]]), num_groups=2, temperature=0.3
    )
    wanted = pc.info_nce(z, other, symmetric=False, temperature=0.3)
    assert got == pytest.approx(wanted, rel=1e-11)


def test_a_held_root_has_another_gradient_and_the_same_value():
    options = dict(num_groups=2, temperature=0.3)
    value, grads = pc.whitened_info_nce.value_and_grad(VIEWS, PERMS, **options)
    same, held = pc.whitened_info_nce.value_and_grad(VIEWS, PERMS, **options, detach_whitening=True)
    assert same == value
    assert not np.allclose(held.views, grads.views)


def test_ranks_whiten_together():
    split, g = [4, 0, 5], RNG.normal(size=X.shape)
    value, back = pc.group_whiten.vjp(X, PERM, num_groups=2)
    wanted = back(g).x

    def one(comm):
        part = slice(sum(split[: comm.rank]), sum(split[: comm.rank + 1]))
        got, pull = pc.group_whiten.vjp(X[part], PERM, num_groups=2, comm=comm, gradients="sum")
        assert_close(got, value[part], 1e-11)
        assert_close(pull(g[part]).x, wanted[part], 1e-10)

    LocalGroup(3, timeout=30).run(one)


@pytest.mark.parametrize(
    "rows", [np.ones((9, 6)), np.zeros((9, 6)), X[[0, 1, 0, 1, 0, 1, 0, 1, 0]]]
)
def test_directions_without_variance_are_dropped(rows):
    value, back = pc.group_whiten.vjp(rows, num_groups=2)
    (grad,) = back(RNG.normal(size=X.shape))
    assert np.isfinite(value).all()
    assert np.isfinite(grad).all()
    for columns in (slice(0, 3), slice(3, 6)):
        rank = np.linalg.matrix_rank(rows[:, columns] - rows[:, columns].mean(axis=0))
        found = np.linalg.eigvalsh(value[:, columns].T @ value[:, columns] / 9)
        np.testing.assert_allclose(found, [0] * (3 - rank) + [1] * rank, atol=1e-8)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"num_groups": 4}, "num_groups must divide the 6 columns, got 4"),
        ({"num_groups": 1, "rows": 6}, "eps must be above 0 where groups have as many columns"),
        ({"num_groups": 2, "perm": PERM[:5]}, "must have the same dimension"),
        ({"num_groups": 2, "perm": PERM % 5}, "perm must hold no number twice"),
        ({"num_groups": 2, "perm": PERM + 1}, "perm must be from 0 to 5, got 6"),
    ],
)
def test_wrong_groups(options, words):
    x = X[: options.pop("rows", 9)]
    with pytest.raises(ValueError, match=f"^group_whiten: .*{words}"):
        pc.group_whiten(x, **options)


def test_plans_have_shapes():
    made = pc.plan("whitened_info_nce", (3, 64, 32), (3, 32), num_groups=4)
    assert len(made.walks) == 2


def test_a_matrix_with_a_nan_has_nan_vectors():
    stack = np.stack([np.eye(2), np.full((2, 2), np.nan)])
    values, vectors = eigh(stack)
    np.testing.assert_allclose(values[0], 1)
    assert np.isnan(vectors[1]).all()

"""Objectives summed over prefixes: identities, other objectives, frameworks, refusals."""

import numpy as np
import pytest
from backends import Backend

import polycontrast as pc
from polycontrast.distributed import LocalGroup

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(2, 7, 6))
NEGATIVES = RNG.normal(size=(7, 2, 6))
WRT = ("x", "y", "temperature")


@pytest.mark.parametrize("loss", ["info_nce", "multiple_negatives_ranking", "dcl", pc.nt_xent])
def test_the_whole_length_is_the_objective(loss):
    inner = pc.objectives()[loss] if isinstance(loss, str) else loss
    wanted = inner.value_and_grad(X, Y, temperature=0.3, wrt=WRT)
    got = pc.matryoshka.value_and_grad(X, Y, dims=(6,), loss=loss, temperature=0.3, wrt=WRT)
    assert got[0] == wanted[0]
    for one, other in zip(got[1], wanted[1], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


def test_the_order_of_lengths_does_not_matter():
    one = pc.matryoshka.value_and_grad(X, Y, NEGATIVES, dims=(6, 2, 4), weights=(1.0, 0.3, 0.2))
    other = pc.matryoshka.value_and_grad(X, Y, NEGATIVES, dims=(2, 4, 6), weights=(0.3, 0.2, 1))
    assert one[0] == pytest.approx(other[0], rel=1e-12)
    for a, b in zip(one[1], other[1], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-14)


def test_rows_that_are_scaled_before_are_the_same():
    unit = [t / np.linalg.norm(t, axis=1, keepdims=True) for t in (X, Y)]
    assert pc.matryoshka(*unit, dims=(6, 3)) == pytest.approx(pc.matryoshka(X, Y, dims=(6, 3)))


def test_columns_beyond_every_prefix_have_no_gradient():
    _, grads = pc.matryoshka.value_and_grad(X, Y, dims=(4, 2))
    assert not np.any(grads.x[:, 4:])
    assert np.all(grads.x[:, :4])


def test_one_loss_of_each_anchor():
    options = {"reduction": "none", "symmetric": False}
    each, back = pc.matryoshka.vjp(X, Y, dims=(6, 3), loss="info_nce", options=options)
    assert each.shape == (7,)
    value, grads = pc.matryoshka.value_and_grad(
        X, Y, dims=(6, 3), loss="info_nce", options={"symmetric": False}
    )
    assert each.mean() == pytest.approx(value)
    np.testing.assert_allclose(back(np.full(7, 1 / 7)).x, grads.x, rtol=1e-9, atol=1e-14)


def test_an_objective_without_a_temperature():
    grads = pc.matryoshka.value_and_grad(X, Y, dims=(6, 3), loss="n_pair", wrt=WRT)[1]
    assert grads.temperature == 0


@pytest.mark.parametrize(
    ("loss", "options"),
    [
        ("cwcl", {}),
        (pc.soft_clip, {"stop_grad_targets": True}),
        (
            "multiple_negatives_ranking",
            {"hardness_mode": "in_batch_negatives", "hardness_strength": 5.0},
        ),
    ],
    ids=["always", "an objective", "by an option"],
)
def test_a_gradient_that_is_held_in_the_objective_is_held_here(loss, options):
    """So `hvp` refuses it, and differences are not compared with it."""
    more = {"dims": (6, 3), "loss": loss, "options": options}
    inner = pc.objectives()[loss] if isinstance(loss, str) else loss
    assert pc.matryoshka.held_names(more) == inner.held_names(options) != ()
    with pytest.raises(ValueError, match=r"^matryoshka: hvp needs a gradient"):
        pc.matryoshka.hvp((X, Y), (X, Y), **more)
    assert pc.matryoshka.held_names({"dims": (6, 3)}) == ()


def test_ranks():
    value, grads = pc.matryoshka.value_and_grad(X, Y, dims=(6, 3), loss="info_nce")

    def one(comm):
        part = slice(0, 4) if comm.rank == 0 else slice(4, 7)
        got, of = pc.matryoshka.value_and_grad(
            X[part], Y[part], dims=(6, 3), loss="info_nce", comm=comm, gradients="sum"
        )
        assert got == pytest.approx(value)
        np.testing.assert_allclose(of.x, grads.x[part], rtol=1e-9, atol=1e-14)

    LocalGroup(2, timeout=30).run(one)


def test_in_frameworks():
    more = dict(dims=(6, 3), weights=(1.0, 0.5), options={"normalize": True})
    value, grads = pc.matryoshka.value_and_grad(X, Y, **more)
    torch = pytest.importorskip("torch")
    x = torch.tensor(X, requires_grad=True)
    got = pc.matryoshka(x, torch.tensor(Y), **more)
    got.backward()
    assert got.item() == pytest.approx(value)
    np.testing.assert_allclose(x.grad.numpy(), grads.x, atol=1e-12)
    jax, jnp = pytest.importorskip("jax"), Backend.JAX.xp
    call = jax.jit(jax.grad(lambda t: pc.matryoshka(t, jnp.asarray(Y), **more)))
    np.testing.assert_allclose(call(jnp.asarray(X)), grads.x, atol=1e-12)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"dims": (7,)}, r"dims must be a tuple of lengths up to 6, got \(7\)"),
        ({"dims": (3, 3)}, r"dims must hold each length once, got \(3, 3\)"),
        ({"dims": ()}, "dims must be a tuple"),
        ({"weights": (1.0,)}, "weights must be a tuple of 2 non-negative numbers"),
        ({"weights": (1.0, -1.0)}, r"weights must be .*got \(1.0, -1.0\)"),
        ({"loss": "info"}, "loss must be an objective or the name of one, got 'info'"),
        ({"loss": "poly_view"}, "loss must be an objective of x and y alone, got poly_view"),
        ({"loss": "cdvg"}, "loss must be an objective of x and y alone, got cdvg"),
        ({"loss": "dcl", "negatives": NEGATIVES}, "loss must take negatives .*got dcl"),
        ({"options": {"temperature": 1.0}}, "options must hold parameters of .*'temperature'"),
        ({"options": {"normalise": True}}, "options must hold parameters of .*'normalise'"),
        ({"options": {"normalize": X}}, "options must hold parameters of .*'normalize'"),
        ({"options": {"normalize": 1}}, "options: .*normalize must be True or False, got 1"),
    ],
)
def test_what_is_refused(wrong, words):
    with pytest.raises(ValueError, match=f"^matryoshka: {words}"):
        pc.matryoshka(X, Y, **{"dims": (6, 3)} | wrong)

"""Roles of arguments: each is checked, documented, and made as test data, by its declaration."""

import inspect
import re
from typing import Annotated, Any, Literal

import numpy as np
import pytest
from backends import Backend
from battery.cases import Case, assert_close

import polycontrast as pc
from polycontrast.arrays import namespace
from polycontrast.distributed import LocalGroup
from polycontrast.objective import (
    Arrays,
    Constant,
    Embeddings,
    IndexInto,
    Permutation,
    Reduction,
    Role,
    Scalar,
)
from polycontrast.testing import check_gradient
from polycontrast.testing.inputs import random_arrays

Words = tuple[Literal["bank", "partners", "extra"], ...]


def toy(
    x: Embeddings,
    bank: Annotated[Any, Constant("K D", about="Rows of another encoder.")],
    chosen: Annotated[Any, IndexInto("K", "B 2", about="Two rows of the bank.")],
    partners: Annotated[Any, Permutation("B")],
    extra: Annotated[Any, Arrays("* D", about="Layers.")],
    shift: Annotated[Any, Role("rows", ("",))],
    *,
    parts: Words = ("bank", "partners", "extra"),
    power: Scalar = 1.0,
    reduction: Reduction = "mean",
):
    r"""Products of rows with rows that indices choose.

    .. math:: \sum_i \langle x_i, b_{c_i} \rangle

    References
    ----------
    Nobody, 2026.
    """
    xp, zeros = namespace(x), x - x
    rows = xp.sum(xp.reshape(xp.take(bank, xp.reshape(chosen, (-1,)), axis=0), (-1, 2, 6)), axis=1)
    rows = rows if "bank" in parts else zeros
    inverse = xp.argsort(partners)
    there = xp.take(x, partners, axis=0)
    pair = 1.0 if "partners" in parts else 0.0
    layers = sum(xp.sum(t * t) for t in extra) if "extra" in parts else shift - shift
    losses = power * xp.sum(x * (rows + pair * there), axis=1) + shift * layers

    def back(g):
        on_x = g[:, None] * (rows + pair * there)
        on_x = on_x + pair * xp.take(g[:, None] * x, inverse, axis=0)
        factor = 2 * xp.sum(g) * shift * (1.0 if "extra" in parts else 0.0)
        return {
            "x": power * on_x,
            "extra": tuple(factor * t for t in extra),
            "shift": xp.sum(g) * layers,
            "power": xp.sum(g * xp.sum(x * (rows + pair * there), axis=1)),
        }

    return losses, back


TOY = pc.Objective(toy, ("sample_permutation",))
CASE = Case(TOY, {})


def given(**changed):
    return CASE.arrays() | changed


def test_test_data_follow_from_the_roles():
    for arrays in (CASE.arrays(), random_arrays(TOY, 5, seed=0)):
        assert arrays["chosen"].min() >= 0
        assert arrays["chosen"].max() < len(arrays["bank"])
        np.testing.assert_array_equal(np.sort(arrays["partners"]), np.arange(5))
        assert len({len(t) for t in arrays["extra"]}) == 3
        assert arrays["shift"].shape == ()
        assert np.isfinite(TOY(**arrays))
    arrays = random_arrays(TOY, (2, 0, 3), seed=0)
    np.testing.assert_array_equal(np.sort(arrays["partners"][:2]), [0, 1])


@pytest.mark.parametrize("reduction", ["mean", "none"])
def test_on_every_library(backend, reduction):
    """Gradients are those of NumPy; a list of arrays has a tuple of them."""
    wrt = ("x", "extra", "shift", "power")
    assert TOY.vjp(**given())[1](1.0)._fields == wrt[:3]  # by default, without what is constant
    wanted = CASE.evaluate(CASE.arrays(), wrt=wrt, reduction=reduction)
    got = CASE.evaluate(CASE.arrays(), backend, wrt=wrt, reduction=reduction)
    assert_close(got, wanted, 1e-12)


def test_gradients_are_right():
    assert check_gradient(TOY, **given(), wrt=("x", "extra", "power")).raise_on_failure()
    vectors = [np.ones((5, 6)), [np.ones_like(t) for t in given()["extra"]]]
    exact = TOY.hvp((), vectors, wrt=("x", "extra"), **given())
    h, ends = 1e-5, []
    for s in (-h, h):
        extra = [t + s for t in given()["extra"]]
        moved = given(x=given()["x"] + s, extra=extra)
        ends.append(TOY.value_and_grad(**moved, wrt=("x", "extra"))[1])
    assert_close(exact.x, (ends[1].x - ends[0].x) / (2 * h), 1e-8)
    for one, low, high in zip(exact.extra, ends[0].extra, ends[1].extra, strict=True):
        assert_close(one, (high - low) / (2 * h), 1e-8)


def test_ranks_share_a_batch():
    """Indices of samples are those of the own rank; lists are the same on all."""
    arrays = random_arrays(TOY, (2, 3), seed=0)
    value, grads = TOY.value_and_grad(**arrays)

    def share(comm):
        part = slice(0, 2) if comm.rank == 0 else slice(2, 5)
        mine = {n: arrays[n][part] for n in ("x", "chosen", "partners")}
        mine["partners"] = mine["partners"] - part.start
        return TOY.value_and_grad(**arrays | mine, comm=comm, gradients="average")

    for rank, (here, mine) in enumerate(LocalGroup(2).run(share)):
        part = slice(0, 2) if rank == 0 else slice(2, 5)
        assert_close(here, value, 1e-12)
        assert_close(mine.x, 2 * grads.x[part], 1e-12)
        for one, other in zip(mine.extra, grads.extra, strict=True):
            assert_close(one, other, 1e-12)


@pytest.mark.skipif(not Backend.JAX.installed, reason="JAX is not installed")
def test_under_jax():
    """Traced indices are not checked; those of the outer call are."""
    import jax

    made = CASE.given(Backend.JAX, CASE.arrays())
    x = made.pop("x")
    value, grad = jax.jit(jax.value_and_grad(lambda x, made: TOY(x, **made)))(x, made)
    wanted = CASE.evaluate(CASE.arrays(), wrt=("x",))
    assert_close(Backend.JAX.read(value), wanted.value, 1e-12)
    assert_close(Backend.JAX.read(grad), wanted.grads["x"], 1e-12)
    made["chosen"] = made["chosen"].at[0, 0].set(6)
    for transform in (jax.grad, jax.jit):
        with pytest.raises(ValueError, match="toy: chosen must be from 0 to 5, got 6"):
            transform(lambda x: TOY(x, **made))(x)


@pytest.mark.skipif(not Backend.TORCH.installed, reason="torch is not installed")
def test_under_torch():
    made = CASE.given(Backend.TORCH, CASE.arrays())
    leaves = [made["x"].requires_grad_(), *(t.requires_grad_() for t in made["extra"])]
    TOY(**made).backward()
    wanted = CASE.evaluate(CASE.arrays(), wrt=("x", "extra")).grads
    assert_close([t.grad.numpy() for t in leaves], [wanted["x"], *wanted["extra"]], 1e-12)


REPEATED = np.asarray([0, 1, 3, 3, 4])


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"chosen": np.full((5, 2), 6)}, "chosen must be from 0 to 5, got 6"),
        ({"chosen": np.full((5, 2), -1)}, "chosen must be from 0 to 5, got -1"),
        ({"chosen": np.zeros((5, 3), int)}, r"chosen must have shape \(B, 2\), got \(5, 3\)"),
        ({"chosen": np.zeros((5, 2))}, "chosen must have an integral dtype, got float64"),
        ({"partners": REPEATED}, "partners must hold no number twice, got 3 twice"),
        ({"partners": REPEATED + 1}, "partners must be from 0 to 4, got 5"),
        ({"extra": np.ones((3, 6))}, "extra must be a list or tuple of arrays, got .*3, 6"),
        ({"extra": []}, "extra must hold at least one array, got none"),
        ({"extra": [np.ones((3, 6)), 1.0]}, r"extra\[1\] must be an array of shape \(\*, D\)"),
        ({"extra": [np.ones((3, 5))]}, r"x and extra\[0\] must have the same dimension"),
        ({"extra": [np.ones((3, 6), "f4")]}, r"x and extra\[0\] must have the same dtype"),
        ({"shift": np.ones(3)}, r"shift must have shape \(\), got \(3,\)"),
        ({"shift": None}, "shift must be an array, got None"),
        ({"parts": "bank"}, "parts must be a tuple of words, got 'bank'"),
        ({"parts": ("bnak",)}, "unknown parts 'bnak'.*bank"),
        ({"parts": ("bank", "bank")}, "parts must hold each word once, got 'bank' twice"),
        ({"power": np.ones(3)}, "power must be a number, got an array"),
        ({"wrt": "bank"}, "bank in wrt has no gradient; possible: x, extra, shift, power"),
        ({"wrt": "chosen"}, "chosen in wrt has no gradient"),
    ],
    ids=lambda case: case if isinstance(case, str) else next(iter(case)),
)
def test_mistakes(changed, message):
    with pytest.raises((ValueError, TypeError), match=f"^toy: {message}"):
        TOY.vjp(**given(**changed))


@pytest.mark.parametrize("number", [2, 2.0, np.float64(2), np.asarray(2.0), np.asarray([2.0])])
def test_a_number_may_be_an_array_without_axes(number):
    assert TOY(**given(), power=number) == TOY(**given(), power=2.0)


@pytest.mark.parametrize("parts", [(), ("bank",), ["extra", "bank"], ("extra", "bank")])
def test_words_may_be_any_of_the_choices(parts):
    assert TOY(**given(), parts=parts) == TOY(**given(), parts=tuple(parts))


def test_arrays_of_any_shape():
    def total(x: Embeddings, layers: Annotated[Any, Arrays()]):
        """Sum of squares."""
        xp = namespace(x)
        value = xp.sum(x) + sum(xp.sum(t * t) for t in layers)
        return value, lambda g: {"x": g + 0 * x, "layers": tuple(2 * g * t for t in layers)}

    layers = [np.ones(()), np.ones(2), np.ones((2, 3, 1))]
    value, grads = pc.Objective(total).value_and_grad(np.ones((2, 2)), layers)
    assert value == 13
    assert [t.shape for t in grads.layers] == [t.shape for t in layers]
    case = Case(pc.Objective(total), {})
    assert len(case.evaluate(case.arrays()).grads["layers"]) == 3
    made = pc.plan(case.objective, (5, 6), [(), (2,), (2, 3, 1)])
    assert made.input_bytes == 4 * (30 + 1 + 2 + 6)
    with pytest.raises(TypeError, match=r"total: layers must be a shape, .*, got 3"):
        pc.plan(case.objective, (5, 6), (3, 6))


def test_help_shows_the_roles():
    text = TOY._described(toy.__doc__)
    for line in (
        "bank : array (K, D)\n    Rows of another encoder.",
        "chosen : integer array (B, 2), from 0 to K - 1\n    Two rows of the bank.",
        "partners : integer array (B,), from 0 to B - 1",
        "extra : sequence of arrays (*, D)\n    Layers.",
        "shift : array ()",
        'parts : tuple of {"bank", "partners", "extra"}, default',
    ):
        assert line in text
    raised = " ".join(re.split(r"Raises\n-+", text)[1].split())
    assert "`chosen` is not from 0 to K - 1" in raised
    assert "`partners` is not from 0 to B - 1" in raised
    assert "`partners` holds a number twice" in raised
    shown = {n: str(p.annotation) for n, p in inspect.signature(TOY).parameters.items()}
    assert shown["extra"] == "Sequence[Array]"
    assert shown["parts"] == "tuple[Literal['bank', 'partners', 'extra'], ...]"

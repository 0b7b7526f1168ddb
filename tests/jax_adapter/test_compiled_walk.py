"""Under `jit` the tiles are visited by a compiled loop: the same numbers, in linear memory."""

import numpy as np
import pytest
from backends import Backend
from battery.cases import Case, assert_close
from transformed import pulled

import polycontrast as pc
from polycontrast.similarity import (
    Groups,
    Labels,
    Mask,
    OtherRows,
    OtherSamples,
    OtherViews,
    Similarity,
)

jax = pytest.importorskip("jax")
jnp = Backend.JAX.xp  # set up as strictly as it can be

# One for each case of a walk: columns, a symmetric matrix, offsets, scores that rows and columns
# see differently, views that become one score, another statistic, a mask, a queue.
CASES = [
    ("info_nce", {}),
    ("nt_xent", {}),
    ("uniformity", {}),
    ("sufficient_statistics", {}),
    ("gram_loss", {}),
    ("sigmoid_contrastive", {}),
    ("poly_view", {"mask": "M B"}),
    ("info_nce", {"negatives": "K D", "symmetric": False}),
]


@pytest.mark.parametrize(("name", "params"), CASES, ids=str)
def test_tiles_of_a_compiled_loop(name, params):
    """Value and every gradient are NumPy's dense ones; the tiles do not divide the batch."""
    case = Case(pc.objectives()[name], params)
    arrays = case.arrays(B=7, N=7)
    assert_close(pulled(case, arrays, tile=(3, 2)), case.evaluate(arrays), 1e-10)


@pytest.mark.parametrize("name", ["info_nce", "nt_xent"])
def test_tiles_that_are_kept(name):
    """Where the plan keeps similarities in several tiles, so does the loop."""
    case = Case(pc.objectives()[name], {})
    arrays = case.arrays(B=1100, D=4)
    plan = pc.plan(case.objective, *(x.shape for x in arrays.values()), dtype="float64").walks[0]
    assert plan.keep
    assert plan.tile[0] < plan.rows
    assert_close(pulled(case, arrays), case.evaluate(arrays), 1e-10)


def test_rules():
    """Each rule selects the same pairs for a tile whose place is not known yet."""
    rng = np.random.default_rng(0)
    z, labels = rng.normal(size=(2, 7, 3)), rng.integers(0, 2, size=7)
    symmetric = rng.random((7, 7)) < 0.6
    symmetric |= symmetric.T

    def sums(xp, z, labels, mask):
        scale = xp.asarray(0.5, dtype=z.dtype)
        rules = (
            OtherRows(),
            OtherSamples(),
            OtherViews(),
            Labels(labels),
            Labels(labels, same=False),
            Groups(3),
            Mask(mask),
            OtherSamples() & Groups(2),
        )
        return [Similarity(z, scale=scale, pairs=rule).logsumexp()[0] for rule in rules]

    from polycontrast.context import Settings, in_progress

    given = (z, labels, symmetric)
    with in_progress(settings=Settings(tile=(3, 3))):
        got = jax.jit(lambda *given: sums(jnp, *given))(*map(jnp.asarray, given))
    for a, b in zip(got, sums(np, *given), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)


def test_a_program_does_not_grow_with_the_number_of_tiles():
    def length(rows):
        grad = jax.grad(lambda x, y: pc.nt_xent(x, y, tile=(2, 2)))
        made = jax.make_jaxpr(grad)(*[jax.ShapeDtypeStruct((rows, 3), jnp.float32)] * 2)
        return str(made).count("\n")

    assert length(64) < 1.02 * length(8)  # longer numbers break a line here and there


def test_a_batch_of_tiled_problems():
    x, y = np.random.default_rng(0).normal(size=(2, 3, 5, 4))
    run = jax.jit(jax.vmap(jax.value_and_grad(lambda x, y: pc.info_nce(x, y, tile=(2, 3)))))
    values, grads = run(jnp.asarray(x), jnp.asarray(y))
    for k in range(3):
        wanted = pc.info_nce.value_and_grad(x[k], y[k])
        assert_close(np.asarray(values[k]), wanted[0], 1e-10)
        assert_close(np.asarray(grads[k]), wanted[1].x, 1e-10)


def temporaries(f, *shapes):
    """Bytes that a compiled program needs beside its inputs and outputs."""
    given = [jax.ShapeDtypeStruct(shape, jnp.float32) for shape in shapes]
    return jax.jit(f).lower(*given).compile().memory_analysis().temp_size_in_bytes


@pytest.mark.parametrize("what", ["value", "gradient"])
@pytest.mark.parametrize("name", ["info_nce", "nt_xent"])
def test_memory_is_linear(name, what):
    """Temporaries keep to the contract: 12 floats an input element, and six tiles.

    A Python loop over the tiles, unrolled by `jit`, needs more than the whole matrix.
    """
    depth, tile, views = 32, 128, 2 if name == "nt_xent" else 1
    f = pc.objectives()[name]

    def run(x, y):
        return f(x, y, tile=(tile, tile))

    program = run if what == "value" else jax.value_and_grad(run, argnums=(0, 1))
    sizes = (2048, 4096)
    used = [temporaries(program, (b, depth), (b, depth)) for b in sizes]
    for b, size in zip(sizes, used, strict=True):
        allowed = 4 * (12 * 2 * b * depth + 6 * (views * tile) ** 2)
        assert size < allowed, f"B = {b}: {size} bytes"
    assert allowed < 4 * b * b / 4, "this test could not tell a dense call from a tiled one"
    assert used[1] < 2.5 * used[0], "twice the batch should need twice the memory"

"""The step in chunks equals that of the whole batch under jit, with temporaries of one chunk."""

import functools
from collections import namedtuple

import numpy as np
import pytest
from backends import Backend

import polycontrast as pc

jax = pytest.importorskip("jax")
jnp = Backend.JAX.xp  # strict promotion, float64

from polycontrast.jax import chunked_step  # noqa: E402

B, WIDTH, D = 8, 5, 3


def made(*shape, seed=0):
    return jnp.asarray(np.random.default_rng(seed).normal(size=shape))


@pytest.fixture
def batches():
    return list(made(2, B, WIDTH))


@pytest.fixture
def params():
    return {"first": made(WIDTH, 7, seed=1), "second": made(7, D, seed=2)}


def encode(params, x):
    return jnp.tanh(x @ params["first"]) @ params["second"]


def with_dropout(params, x, key):
    hidden = jnp.tanh(x @ params["first"])
    keep = jax.random.bernoulli(key, 0.5, hidden.shape).astype(hidden.dtype)
    return (hidden * keep) @ params["second"]


def info_nce(x, y, temperature=0.07):
    """The loss in JAX's own operations."""
    x, y = (z / jnp.linalg.norm(z, axis=1, keepdims=True) for z in (x, y))
    scores = x @ y.T / temperature
    match = jnp.diagonal(scores)
    rows, columns = (jax.nn.logsumexp(scores, axis=axis) for axis in (1, 0))
    return jnp.mean((rows + columns) / 2.0 - match)


def assert_same(found, wanted, tolerance=1e-10):
    assert jax.tree.structure(found) == jax.tree.structure(wanted)
    for a, b in zip(jax.tree.leaves(found), jax.tree.leaves(wanted), strict=True):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("objective", [pc.info_nce, info_nce], ids=["closed form", "autodiff"])
@pytest.mark.parametrize("size", [1, 3, B, (20, 5)], ids=str)
def test_the_gradient_is_that_of_the_whole_batch(batches, params, size, objective):
    plain = jax.value_and_grad(lambda p: info_nce(*(encode(p, x) for x in batches)))
    wanted = jax.jit(plain)(params)
    step = functools.partial(chunked_step, objective, encode, chunk_size=size)
    run = step if size == 3 and objective is info_nce else jax.jit(step)  # both are supported
    value, grads = run(params, batches)
    assert_same((value, grads.params), wanted)


def test_encoders_may_have_their_own_parameters_or_share_them(batches, params):
    other = jax.tree.map(jnp.flip, params)
    pair = namedtuple("Pair", ("first", "second"))  # a named tuple is one set of parameters
    of_pair = lambda p, x: encode(p._asdict(), x)

    def plain(p, q):
        return info_nce(encode(p, batches[0]), encode(q, batches[1]))

    def step(encoders, own):
        return chunked_step(info_nce, encoders, own, batches, chunk_size=4)[1].params

    @jax.jit
    def run(p, q):
        shared = jax.grad(lambda p: plain(p, p))(p)
        return {
            "apart": (step([encode, encode], (p, q)), jax.grad(plain, argnums=(0, 1))(p, q)),
            "one encoder": (step(encode, p), shared),
            "one set": (step([encode, encode], p), shared),
            "one set twice": (step([encode, encode], (p, p)), (shared, shared)),
            "named": (step([of_pair, of_pair], pair(**p))._asdict(), shared),
        }

    for found, wanted in run(params, other).values():
        assert_same(found, wanted)


def test_objectives_of_many_views_get_one_list(batches, params):
    views = [*batches, jnp.flip(batches[0])]

    @jax.jit
    def run(params):
        z, back = jax.vjp(lambda p: [encode(p, x) for x in views], params)
        value, grads = pc.gram_volume.value_and_grad(z, reduction="mean")
        found = chunked_step(pc.gram_volume, encode, params, views, chunk_size=4, reduction="mean")
        return (found[0], found[1].params), (value, back(list(grads.views))[0])

    assert_same(*run(params))


def test_a_batch_may_be_any_pytree(batches, params):
    mask = (batches[0] > 0).astype(jnp.float64)
    trees = [{"ids": (x, mask), "scale": 2.0} for x in batches]

    def encoder(params, tree):
        return encode(params, tree["ids"][0] * tree["ids"][1]) * tree["scale"]

    wanted = jax.jit(jax.grad(lambda p: info_nce(*(encoder(p, t) for t in trees))))(params)
    step = jax.jit(functools.partial(chunked_step, info_nce, encoder, chunk_size=3))
    assert_same(step(params, trees)[1].params, wanted)


def test_dropout_is_replayed(batches, params):
    key, spans = jax.random.key(7, impl="unsafe_rbg"), [(0, 3), (3, 6), (6, 8)]  # quick to compile
    keys = jax.random.split(key, 6)

    def plain(p):
        chunks = [[x[a:b] for a, b in spans] for x in batches]
        z = [
            jnp.concatenate([with_dropout(p, c, keys[3 * k + n]) for n, c in enumerate(cs)])
            for k, cs in enumerate(chunks)
        ]
        return info_nce(*z)

    wanted = jax.jit(jax.value_and_grad(plain))(params)
    step = jax.jit(functools.partial(chunked_step, info_nce, with_dropout, chunk_size=3))
    value, grads = step(params, batches, key=key)
    assert_same((value, grads.params), wanted)


@pytest.mark.parametrize("objective", [pc.info_nce, info_nce], ids=["closed form", "autodiff"])
def test_a_learnable_temperature_gets_its_gradient(batches, params, objective):
    def plain(p, temperature):
        return info_nce(*(encode(p, x) for x in batches), temperature)

    temperature = jnp.asarray(0.3)
    wanted = jax.grad(plain, argnums=(0, 1))(params, temperature)
    found = jax.jit(
        lambda p, t: chunked_step(
            objective, encode, p, batches, chunk_size=3, wrt="temperature", temperature=t
        )[1]
    )(params, temperature)
    assert found._fields == ("params", "temperature")
    assert_same(tuple(found), wanted)


def test_half_precision_is_summed_in_float32(params):
    """A bfloat16 sum of a thousand chunks would stop growing long before."""
    ones = {"w": jnp.ones((1, 1), dtype=jnp.bfloat16)}
    x = jnp.ones((1000, 1), dtype=jnp.bfloat16)

    def total(z):
        return jnp.sum(z.astype(jnp.float32))

    _, grads = chunked_step(total, lambda p, c: c @ p["w"], ones, [x], chunk_size=1)
    assert grads.params["w"].dtype == jnp.bfloat16
    assert float(grads.params["w"][0, 0]) == 1000


def deep(params, x):
    for w in params:
        x = jnp.tanh(x @ w)
    return x


@pytest.mark.parametrize("rows", [512, 520], ids=["whole chunks", "and a rest"])
def test_temporaries_are_those_of_one_chunk(rows):
    """What XLA sets aside, beyond the gradient and the loss, follows the chunk."""
    params, batch = [made(32, 32, seed=k) for k in range(8)], made(rows, 32)

    def uniformity(z):
        return jnp.mean(jnp.sum(z, axis=1) ** 2)  # itself without large temporaries

    def temporaries(step):
        compiled = jax.jit(step).lower(params, batch).compile()
        return compiled.memory_analysis().temp_size_in_bytes

    plain = temporaries(jax.value_and_grad(lambda p, x: uniformity(deep(p, x))))
    sizes = {
        size: temporaries(
            lambda p, x, size=size: chunked_step(uniformity, deep, p, [x], chunk_size=size)
        )
        for size in (16, 128)
    }
    activation = 8 * 32 * 8  # bytes a row: layers, width, float64
    beyond = 4 * rows * 32 * 8 + 3 * 8 * 32 * 32 * 8  # embeddings, gradients, parameters
    print(f"bytes: plain {plain}, in chunks {sizes}")
    assert plain > rows * activation
    assert sizes[16] < beyond + 2 * 16 * activation
    assert sizes[16] < plain / 1.5
    assert sizes[128] - sizes[16] < 2 * 128 * activation


def test_nothing_is_compiled_anew_without_jit(batches, params, caplog):
    """A loop of ``lax`` outside of ``jit`` compiles in each call."""

    def step():
        return chunked_step(pc.info_nce, encode, params, batches, chunk_size=3)

    step()
    with jax.log_compiles(), caplog.at_level("WARNING"):
        step()
    assert not [record.message for record in caplog.records if "ompil" in record.message]


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"batches": made(2, B, WIDTH)}, TypeError, r"batches must be a list.*\(2, 8, 5\)"),
        ({"chunk_size": 2.5}, ValueError, "chunk_size must be a positive integer.*got 2.5"),
        ({"encoders": [encode] * 2, "params": [1.0]}, ValueError, "one for each of the 2 enc.*1"),
        ({"params": {"n": jnp.ones(3, dtype=jnp.int32)}}, TypeError, r"got int32 at \['n'\]"),
        ({"encoders": lambda p, x: jnp.sum(x, axis=0)}, ValueError, "3 rows for a chunk of 3"),
        ({"objective": lambda x, y: x}, ValueError, r"a 0-d loss, got \(8, 3\)"),
        ({"objective": info_nce, "wrt": "temperature"}, ValueError, "must be given"),
        ({"wrt": "label_smoothing"}, ValueError, "no gradient with respect to label_smoothing"),
    ],
)
def test_errors_say_what_is_wanted(batches, params, change, error, message):
    given = {"objective": pc.info_nce, "encoders": encode, "params": params, "batches": batches}
    with pytest.raises(error, match=message):
        chunked_step(**(given | {"chunk_size": 3} | change))

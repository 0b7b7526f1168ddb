"""The step without a framework: encoders that give their own pullback, on every library."""

import numpy as np
import pytest

import polycontrast as pc
from polycontrast.chunked import chunked_step

B, WIDTH, D = 8, 5, 3
RNG = np.random.default_rng(0)
X, Y, W, V = *RNG.normal(size=(2, B, WIDTH)), *RNG.normal(size=(2, WIDTH, D))


class Linear:
    """``x @ w`` with its pullback; counts what it is asked for."""

    def __init__(self, w):
        self.w, self.forwards, self.pulls = w, 0, 0

    def __call__(self, x, scale=1.0):
        self.forwards += 1

        def back(g):
            self.pulls += 1
            return {"w": scale * (x.T @ g)}

        return scale * (x @ self.w), back


def plain(batches, weights, **parameters):
    """Value and gradients by one call for everything."""
    wrt = ("x", "y", *(("temperature",) if "temperature" in parameters else ()))
    z = [x @ w for x, w in zip(batches, weights, strict=True)]
    value, grads = pc.info_nce.value_and_grad(*z, wrt=wrt, **parameters)
    return value, [x.T @ g for x, g in zip(batches, grads[:2], strict=True)], grads[2:]


@pytest.mark.parametrize("size", [1, 3, B, 2 * B, (3, 5)], ids=str)
def test_the_gradient_is_that_of_the_whole_batch(backend, size):
    x, y, w, v = map(backend.asarray, (X, Y, W, V))
    encoders = Linear(w), Linear(v)
    value, wanted, (temperature,) = plain((X, Y), (W, V), temperature=0.3)
    found, grads = chunked_step(
        pc.info_nce, encoders, [x, y], chunk_size=size, wrt="temperature", temperature=0.3
    )
    assert backend.owns(found)
    assert grads._fields == ("params", "temperature")
    np.testing.assert_allclose(backend.read(found), value, rtol=1e-10)
    np.testing.assert_allclose(backend.read(grads.temperature), temperature, rtol=1e-10)
    for grad, want in zip(grads.params, wanted, strict=True):
        np.testing.assert_allclose(backend.read(grad["w"]), want, rtol=1e-10, atol=1e-12)


def test_each_chunk_is_encoded_twice_and_pulled_once():
    f = Linear(W)
    chunked_step(pc.info_nce, f, [X, Y], chunk_size=3)
    assert (f.forwards, f.pulls) == (12, 6)


def test_no_pullback_outlives_its_chunk():
    """What pullbacks hold is the activations: never more than those of one chunk."""
    alive, peak = set(), 0

    class Held:
        def __init__(self):
            nonlocal peak
            alive.add(id(self))
            peak = max(peak, len(alive))

        def __del__(self):
            alive.discard(id(self))

    def embed(x):
        held = Held()
        return x @ W, lambda g, held=held: x.T @ g

    chunked_step(pc.info_nce, embed, [X, Y], chunk_size=1)
    assert peak <= 2  # the next one is made before the last name of the one before is taken over


def test_a_shared_encoder_has_one_sum():
    f = Linear(W)
    _, wanted, _ = plain((X, Y), (W, W))
    alone = chunked_step(pc.info_nce, f, [X, Y], chunk_size=3)[1].params
    twice = chunked_step(pc.info_nce, (f, f), [X, Y], chunk_size=3)[1].params
    for found in (alone, *twice):
        np.testing.assert_allclose(found["w"], sum(wanted), rtol=1e-10)


def test_batches_may_hold_several_arguments():
    f = Linear(W)
    wanted = chunked_step(pc.info_nce, f, [2 * X, 2 * Y], chunk_size=3)[1].params
    for forms in ([(X, 2.0), [Y, 2.0]], [{"x": X, "scale": 2.0}, {"x": Y, "scale": 2.0}]):
        found = chunked_step(pc.info_nce, f, forms, chunk_size=3)[1].params
        np.testing.assert_allclose(found["w"], wanted["w"], rtol=1e-10)


@pytest.mark.parametrize("kind", ["Generator", "RandomState"])
def test_random_numbers_are_replayed(kind):
    rng = np.random.default_rng(1) if kind == "Generator" else np.random.RandomState(1)
    masks = []

    def embed(x):
        masks.append(rng.uniform(size=x.shape) < 0.5)
        kept = masks[-1] * x
        return kept @ W, lambda g: kept.T @ g

    value, grads = chunked_step(pc.info_nce, embed, [X, Y], chunk_size=3, generators=[rng])
    np.testing.assert_array_equal(np.concatenate(masks[:6]), np.concatenate(masks[6:]))
    first = np.concatenate(masks[:3]) * X, np.concatenate(masks[3:6]) * Y
    wanted, gradients, _ = plain(first, (W, W))
    np.testing.assert_allclose(value, wanted, rtol=1e-10)
    np.testing.assert_allclose(grads.params, sum(gradients), rtol=1e-10)
    again = np.random.default_rng(1) if kind == "Generator" else np.random.RandomState(1)
    for mask in masks[:6]:
        again.uniform(size=mask.shape)
    assert rng.uniform() == again.uniform()  # the state is as one pass leaves it


def test_gradients_may_be_nested():
    def embed(x):
        return x @ W, lambda g: ([x.T @ g, None], {"b": g.sum(axis=0)})

    _, grads = chunked_step(pc.info_nce, embed, [X, Y], chunk_size=3)
    (found, nothing), more = grads.params
    np.testing.assert_allclose(found, sum(plain((X, Y), (W, W))[1]), rtol=1e-10)
    assert nothing is None
    assert more["b"].shape == (D,)


class Product:
    """Anyone's objective with a value_and_grad of the same form."""

    def __call__(self, x, y, *, scale=1.0):
        return (x * y).sum() * scale

    def value_and_grad(self, x, y, *, wrt=("x", "y"), scale=1.0):
        grads = {"x": y * scale, "y": x * scale, "scale": (x * y).sum()}
        return self(x, y, scale=scale), {name: grads[name] for name in wrt}


class Length(Product):
    """Of one set of rows alone."""

    def __call__(self, x):
        return (x * x).sum()


def test_any_objective_with_a_gradient_will_do():
    value, grads = chunked_step(Product(), Linear(W), [X, Y], chunk_size=3, wrt="scale", scale=2.0)
    np.testing.assert_allclose(value, 2 * grads.scale)
    wanted = 2 * (X.T @ (Y @ W) + Y.T @ (X @ W))
    np.testing.assert_allclose(grads.params["w"], wanted, rtol=1e-10)


@pytest.mark.parametrize(
    ("objective", "count", "message"),
    [
        (pc.info_nce, 1, r"info_nce takes 2 to 3 batches \(x, y, negatives\), got 1"),
        (pc.gram_loss, 1, r"gram_loss takes more than 1 batches \(anchor, others\), got 1"),
        (pc.nt_xent, 3, r"nt_xent takes 2 batches \(x, y\), got 3"),
        (Length(), 2, r"Length takes 1 batches \(x\), got 2"),
    ],
)
def test_the_number_of_batches_must_fit_the_objective(objective, count, message):
    with pytest.raises(ValueError, match=message):
        chunked_step(objective, Linear(W), [X] * count, chunk_size=3)


def test_further_embeddings_fill_optional_arguments():
    """A third batch is the negatives of `info_nce`."""
    hard = RNG.normal(size=(5, WIDTH))
    grads = pc.info_nce.value_and_grad(X @ W, Y @ W, hard @ W)[1]
    wanted = X.T @ grads.x + Y.T @ grads.y + hard.T @ grads.negatives
    found = chunked_step(pc.info_nce, Linear(W), [X, Y, hard], chunk_size=3)[1].params
    np.testing.assert_allclose(found["w"], wanted, rtol=1e-10)


@pytest.mark.parametrize(
    ("encoder", "objective", "message"),
    [
        (lambda x: x, pc.info_nce, r"must return \(embeddings, back\), got ndarray"),
        (Linear(W), len, "must be a registered objective, or a callable with a value_and_grad"),
    ],
)
def test_errors_say_what_is_wanted(encoder, objective, message):
    with pytest.raises(TypeError, match=message):
        chunked_step(objective, encoder, [X, Y], chunk_size=3)

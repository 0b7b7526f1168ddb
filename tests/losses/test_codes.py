"""Codes of Sinkhorn and Knopp, and the losses that have them as targets."""

import numpy as np
import pytest

import polycontrast as pc
from polycontrast.distributed import LocalGroup

RNG = np.random.default_rng(0)
SCORES = RNG.uniform(-1, 1, size=(9, 4))
VIEWS, PROTOTYPES, QUEUE = (
    RNG.normal(size=(3, 6, 5)),
    RNG.normal(size=(4, 5)),
    RNG.normal(size=(2, 7, 5)),
)


def printed(scores, epsilon, iterations):
    """As it is published: exponentials over their sum, columns to 1/K, rows to 1/n."""
    q = np.exp(scores / epsilon)
    q /= q.sum()
    for _ in range(iterations):
        q /= q.shape[1] * q.sum(axis=0)
        q /= q.shape[0] * q.sum(axis=1, keepdims=True)
    return q * q.shape[0]


@pytest.mark.parametrize("iterations", [1, 3, 50])
def test_codes_are_the_published_ones(backend, iterations):
    got = pc.sinkhorn(backend.asarray(SCORES), epsilon=0.1, iterations=iterations)
    got = backend.read(got)
    np.testing.assert_allclose(got, printed(SCORES, 0.1, iterations), rtol=1e-11, atol=1e-15)
    np.testing.assert_allclose(got.sum(axis=1), 1, rtol=1e-12)
    if iterations == 50:
        np.testing.assert_allclose(got.sum(axis=0), 9 / 4, rtol=1e-3)


def test_a_constant_and_a_permutation_of_columns():
    codes = pc.sinkhorn(SCORES)
    np.testing.assert_allclose(pc.sinkhorn(SCORES + 0.7), codes, rtol=1e-10)
    order = [2, 0, 3, 1]
    np.testing.assert_allclose(pc.sinkhorn(SCORES[:, order]), codes[:, order], rtol=1e-10)


@pytest.mark.parametrize("scores", [1e4 * SCORES, SCORES.astype(np.float32), SCORES[:1]])
def test_codes_at_the_edges(scores):
    codes = pc.sinkhorn(scores, epsilon=1e-3)
    assert codes.dtype == scores.dtype
    assert np.isfinite(codes).all()
    np.testing.assert_allclose(codes.sum(axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize("bad", [{"iterations": 0}, {"epsilon": 0.0}, {"scores": SCORES[0]}])
def test_wrong_codes(bad):
    with pytest.raises((ValueError, TypeError), match=f"^sinkhorn: .*{next(iter(bad))}"):
        pc.sinkhorn(**{"scores": SCORES} | bad)


def test_codes_of_ranks():
    whole, split = pc.sinkhorn(SCORES), [4, 0, 5]

    def one(comm):
        part = slice(sum(split[: comm.rank]), sum(split[: comm.rank + 1]))
        codes = pc.sinkhorn(SCORES[part], comm=comm)
        np.testing.assert_allclose(codes, whole[part], rtol=1e-12)

    LocalGroup(3, timeout=30).run(one)


def test_a_queue_is_further_rows():
    """Its rows take part in the codes, and have no targets."""
    unit = [t / np.linalg.norm(t, axis=-1, keepdims=True) for t in (*VIEWS, *QUEUE)]
    want = 0.0
    for a in (0, 1):
        rows = np.concat([unit[3 + a], unit[a]])
        codes = pc.sinkhorn(rows @ PROTOTYPES.T)[-6:]
        for v in range(3):
            if v != a:
                s = unit[v] @ PROTOTYPES.T / 0.1
                log_share = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
                want -= np.mean(np.sum(codes * log_share, axis=1)) / 4
    got = pc.swav(VIEWS, PROTOTYPES, QUEUE)
    assert got == pytest.approx(want, rel=1e-12)


def test_prototypes_in_another_order():
    order = [3, 1, 0, 2]
    value, grads = pc.swav.value_and_grad(VIEWS, PROTOTYPES, assign=(2, 0))
    other, moved = pc.swav.value_and_grad(VIEWS, PROTOTYPES[order], assign=(2, 0))
    np.testing.assert_allclose(other, value, rtol=1e-12)
    np.testing.assert_allclose(moved.prototypes, grads.prototypes[order], rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("iterations", [1, 2, 4])
def test_swalip_has_the_codes_of_sinkhorn(iterations):
    """Of the scores of the other two views, for both modalities."""
    x, y = RNG.normal(size=(2, 2, 7, 5))
    x, y = (t / np.linalg.norm(t, axis=-1, keepdims=True) for t in (x, y))
    want = 0.0
    for rows, columns in ((x, y), (y, x)):
        for a in (0, 1):
            for b in (0, 1):
                codes = pc.sinkhorn(rows[1 - a] @ columns[1 - b].T, iterations=iterations)
                s = rows[a] @ columns[b].T / 0.1
                log_share = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
                want -= np.mean(np.sum(codes * log_share, axis=1)) / 8
    assert pc.swalip(x, y, iterations=iterations) == pytest.approx(want, rel=1e-11)


def test_modalities_and_views_may_be_swapped():
    x, y = RNG.normal(size=(2, 2, 7, 5))
    value, grads = pc.swalip.value_and_grad(x, y)
    other, swapped = pc.swalip.value_and_grad(y, x)
    assert other == pytest.approx(value, rel=1e-12)
    np.testing.assert_allclose(swapped.y_views, grads.x_views, rtol=1e-9, atol=1e-14)
    assert pc.swalip(x[::-1], y) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"assign": ()}, "assign must be a tuple of indices of 3 views"),
        ({"assign": (0, 3)}, r"assign must be a tuple of indices of 3 views, got \(0, 3\)"),
        ({"assign": (0, True)}, "assign must be a tuple of indices of 3 views"),
        ({"assign": (1, 1)}, r"assign must hold each view once, got \(1, 1\)"),
        ({"queue": QUEUE[:1]}, "queue must hold an array for each view of assign, got 1 for 2"),
    ],
)
def test_wrong_views(options, words):
    with pytest.raises(ValueError, match=f"^swav: {words}"):
        pc.swav(VIEWS, PROTOTYPES, **options)

"""Diagnostics are what the whole matrix of similarities would show, at the price of none of it."""

import functools

import numpy as np
import pytest
from backends import Backend

import polycontrast as pc

NAMES = ("info_nce", "nt_xent", "dcl", "dclw", "debiased_nce", "sigmoid_contrastive")
BIAS = -1.5  # of the sigmoid loss


def pair(rows=7, seed=0):
    x, y = np.random.default_rng(seed).standard_normal((2, rows, 5))
    return x, x + y


def naive(name, x, y, tau):
    """From the definition: all similarities at once, one anchor after another."""
    x, y = (t / np.linalg.norm(t, axis=1, keepdims=True) for t in (x, y))
    n, sides = len(x), []
    if name in ("info_nce", "sigmoid_contrastive"):
        for one, other in ((x, y), (y, x)):
            s = one @ other.T
            sides.append([(s[i, i], np.delete(s[i], i)) for i in range(n)])
    else:
        s = np.concatenate([x, y]) @ np.concatenate([x, y]).T
        for first in (0, n):
            side = []
            for i in range(n):
                a, match = first + i, (n - first) + i
                side.append((s[a, match], np.delete(s[a], [a, match])))
            sides.append(side)
    anchors = [a for side in sides for a in side]
    weights = [np.exp(negatives / tau) for _, negatives in anchors]
    if name == "sigmoid_contrastive":
        weights = [1 / (1 + np.exp(-(negatives / tau + BIAS))) for _, negatives in anchors]
    matches = [np.exp(p / tau) for p, _ in anchors]
    mean = np.mean([p for p, _ in anchors])
    pairs = np.concatenate([negatives for _, negatives in anchors])
    bound = [
        np.log(len(w) + 1) + np.log(m / (m + w.sum()))
        for m, w in zip(matches, weights, strict=True)
    ]
    found = {
        "recall_x": np.mean([p >= negatives.max() for p, negatives in sides[0]]),
        "recall_y": np.mean([p >= negatives.max() for p, negatives in sides[1]]),
        "positive": mean,
        "hardest_negative": np.mean([negatives.max() for _, negatives in anchors]),
        "effective_negatives": np.mean([w.sum() ** 2 / (w**2).sum() for w in weights]),
        "alignment": 2 - 2 * mean,
        "uniformity": np.log(np.mean(np.exp(-(2 - 2 * pairs) / (2 * tau)))),
        "information": np.mean(bound),
    }
    if name == "sigmoid_contrastive":  # has no normaliser
        found |= {"uniformity": None, "information": None}
    return found


def options_of(name):
    return {"bias": BIAS} if name == "sigmoid_contrastive" else {}


def compare(found, wanted, tolerance=1e-10, read=np.asarray):
    assert found._fields == tuple(wanted)
    for name, value in wanted.items():
        if value is None:
            assert getattr(found, name) is None
            continue
        np.testing.assert_allclose(
            read(getattr(found, name)), value, rtol=0, atol=tolerance, err_msg=name
        )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("options", [{}, {"tile": (2, 3)}, {"memory": 0, "workers": 2}])
@pytest.mark.parametrize("tau", [0.5, 0.02])  # the second needs a running maximum
def test_they_are_those_of_the_whole_matrix(name, options, tau):
    x, y = pair()
    call = functools.partial(pc.objectives()[name].value_and_grad, **options_of(name))
    value, grads, found = call(x, y, temperature=tau, diagnostics=True, **options)
    compare(found, naive(name, x, y, tau), 1e-10)
    wanted, others = call(x, y, temperature=tau, **options)
    np.testing.assert_allclose(value, wanted, rtol=1e-12)
    for got, other in zip(grads, others, strict=True):
        np.testing.assert_allclose(got, other, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_every_backend_gives_them(name, backend):
    x, y = pair()
    given = [backend.asarray(t, "float64") for t in (x, y)]
    options = options_of(name) | {"tile": (3, 3)}
    found = pc.objectives()[name].value_and_grad(*given, diagnostics=True, **options)[2]
    compare(found, naive(name, x, y, default(name)), 1e-9, backend.read)


@pytest.mark.parametrize("name", ["info_nce", "sigmoid_contrastive"])
def test_no_product_is_made_for_them(name, monkeypatch):
    products, matmul = [], np.matmul

    def counting(a, b, **options):
        products.append(a.shape[0] * a.shape[1] * b.shape[1])
        return matmul(a, b, **options)

    monkeypatch.setattr(np, "matmul", counting)
    totals = []
    for diagnostics in (False, True):
        products.clear()
        objective = pc.objectives()[name]
        objective.value_and_grad(*pair(), tile=(3, 3), diagnostics=diagnostics)
        totals.append(sum(products))
    assert totals[0] == totals[1] > 0


@pytest.mark.parametrize("split", [[4, 3], [0, 7], [2, 0, 5]])
@pytest.mark.parametrize("name", ["nt_xent", "sigmoid_contrastive"])
def test_ranks_agree_on_those_of_the_whole_batch(name, split):
    from polycontrast.distributed.local import LocalGroup

    x, y = pair()
    ends = np.cumsum(split)

    def rank(comm):
        part = slice(ends[comm.rank] - split[comm.rank], ends[comm.rank])
        call = functools.partial(pc.objectives()[name].value_and_grad, **options_of(name))
        return call(x[part], y[part], comm=comm, diagnostics=True)[2]

    for found in LocalGroup(len(split)).run(rank):
        compare(found, naive(name, x, y, default(name)), 1e-9)


def default(name):
    return pc.objectives()[name].arguments["temperature"].default


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("tau", [0.5, 0.01])
def test_copies_share_recall_as_in_recall_at_k(name, dtype, tau):
    """A collapsed model reads chance, and a row that stands there three times a third."""
    for points, copies, d in ((1, 50, 16), (1, 13, 100), (7, 3, 33)):
        x = np.random.default_rng(3).standard_normal((points, d)).astype(dtype)
        x = np.repeat(x, copies, axis=0)
        for options in ({}, {"tile": (4, 6)}, {"tile": (3, 8), "workers": 2}):
            call = pc.objectives()[name].value_and_grad
            found = call(x, x, temperature=tau, diagnostics=True, **options, **options_of(name))[2]
            # nt_xent and dcl hold a row against the copies in its own view too.
            level = copies if name in ("info_nce", "sigmoid_contrastive") else 2 * copies - 1
            for recall in (found.recall_x, found.recall_y):
                assert recall == pytest.approx(1 / level, rel=1e-5), (points, copies, d)


def test_one_direction_has_one_recall():
    x, y = pair()
    found = pc.info_nce.value_and_grad(x, y, symmetric=False, diagnostics=True)[2]
    assert found.recall_y is None
    assert found.recall_x == naive("info_nce", x, y, 0.07)["recall_x"]


def test_what_is_not_defined_is_none():
    x, y = pair()
    found = pc.info_nce.value_and_grad(x, y, normalize=False, diagnostics=True)[2]
    assert found.alignment is found.uniformity is None
    single = pc.info_nce.value_and_grad(x[:1], y[:1], diagnostics=True)[2]
    assert single.uniformity is single.information is None
    assert (float(single.recall_x), float(single.effective_negatives)) == (1.0, 0.0)


def test_float32_agrees():
    x, y = pair(rows=50)
    single = [t.astype(np.float32) for t in (x, y)]
    found = pc.info_nce.value_and_grad(*single, diagnostics=True)[2]
    assert found.uniformity.dtype == np.float32
    compare(found, naive("info_nce", x, y, 0.07), 2e-4)


def test_they_may_be_compiled():
    jax = pytest.importorskip("jax")
    x, y = (jax.numpy.asarray(t, dtype="float32") for t in pair())
    call = jax.jit(lambda x, y: pc.info_nce.value_and_grad(x, y, diagnostics=True, tile=(3, 3))[2])
    compare(call(x, y), naive("info_nce", *pair(), 0.07), 2e-4, Backend.JAX.read)

"""Gaussian naive Bayes: its moments and classes, identities, edges, ranks, libraries."""

import numpy as np
import pytest
from battery.cases import assert_close

import polycontrast as pc
from polycontrast.distributed import LocalGroup

RNG = np.random.default_rng(0)
LABELS = np.asarray([0, 2, 1, 1, 2, 0, 2, 1, 0, 0])
CENTRES = np.asarray([[0.0, 0, 3], [2, 0, 0], [0, 2, -1]])
Z = CENTRES[LABELS] + RNG.normal(size=(10, 3))
QUERY_LABELS = np.asarray([1, 0, 2, 2, 0])
QUERIES = CENTRES[QUERY_LABELS] + RNG.normal(size=(5, 3))
GIVEN = Z, LABELS, QUERIES, QUERY_LABELS


@pytest.mark.parametrize("shared", [True, False])
def test_moments_of_the_classes(shared):
    model = pc.naive_bayes.fit(Z, LABELS, shared=shared, smoothing=0.1)
    rows = [Z[c == LABELS] for c in range(3)]
    np.testing.assert_allclose(model.prior, [0.4, 0.3, 0.3])
    np.testing.assert_allclose(model.mean, [r.mean(axis=0) for r in rows], rtol=1e-13)
    variances = np.asarray([r.var(axis=0) for r in rows])
    wanted = model.prior @ variances if shared else variances
    np.testing.assert_allclose(model.variance, wanted + 0.1, rtol=1e-13)


def test_posteriors_and_classes_of_scikit_learn():
    GaussianNB = pytest.importorskip("sklearn.naive_bayes").GaussianNB
    theirs = GaussianNB(var_smoothing=0).fit(Z, LABELS)
    posteriors = -theirs.predict_log_proba(QUERIES)[np.arange(5), QUERY_LABELS]
    losses = pc.naive_bayes(*GIVEN, shared=False, smoothing=1e-12, reduction="none")
    np.testing.assert_allclose(losses, posteriors, atol=1e-10)
    model = pc.naive_bayes.fit(Z, LABELS, shared=False, smoothing=1e-12)
    np.testing.assert_array_equal(pc.naive_bayes.predict(model, QUERIES), theirs.predict(QUERIES))


def test_with_a_shared_variance_it_is_a_linear_classifier():
    prior, mean, variance = pc.naive_bayes.fit(Z, LABELS)
    scores = QUERIES @ (mean / variance).T + np.log(prior) - np.sum(mean**2 / variance, axis=1) / 2
    shifted = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    wanted = -np.mean(shifted[np.arange(5), QUERY_LABELS])
    assert pc.naive_bayes(*GIVEN) == pytest.approx(wanted, rel=1e-12)
    found = pc.naive_bayes.predict((prior, mean, variance), QUERIES)
    np.testing.assert_array_equal(found, np.argmax(scores, axis=1))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_constant_dimension_costs_no_digits(dtype):
    """Its variance is the smoothing alone, 1e-9, and every difference there is 0."""
    wanted, grads = pc.naive_bayes.value_and_grad(*GIVEN)
    z, q = (np.c_[t, np.full(len(t), 0.3)].astype(dtype) for t in (Z, QUERIES))
    got, more = pc.naive_bayes.value_and_grad(z, LABELS, q, QUERY_LABELS)
    tolerance = 1e-5 if dtype == "float32" else 1e-12
    assert got == pytest.approx(wanted, rel=tolerance)
    np.testing.assert_allclose(more.z[:, :3], grads.z, atol=tolerance)
    np.testing.assert_allclose(more.queries[:, :3], grads.queries, atol=tolerance)


def test_float32_far_from_the_origin():
    z, q = ((t + 1000).astype(np.float32) for t in (Z, QUERIES))
    wanted = pc.naive_bayes(z.astype(float), LABELS, q.astype(float), QUERY_LABELS)
    assert pc.naive_bayes(z, LABELS, q, QUERY_LABELS) == pytest.approx(wanted, rel=1e-4)


def test_many_rows_go_through_in_chunks(monkeypatch):
    wanted = pc.naive_bayes.value_and_grad(*GIVEN, shared=False, smoothing=0.1)
    monkeypatch.setattr("polycontrast.metrics._gaussian_classes.ENTRIES", 16)
    got = pc.naive_bayes.value_and_grad(*GIVEN, shared=False, smoothing=0.1)
    assert_close(got[0], wanted[0], 1e-13)
    assert_close(got[1]._asdict(), wanted[1]._asdict(), 1e-13)


def test_one_class_is_certain():
    value, grads = pc.naive_bayes.value_and_grad(Z, 0 * LABELS, QUERIES, 0 * QUERY_LABELS)
    assert value == 0
    assert not np.any(grads.z)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"labels": LABELS * 2}, "labels must hold each class, got none of 1 of 5"),
        ({"labels": LABELS - 1}, "labels must be from 0 to 1, got -1"),
        ({"query_labels": QUERY_LABELS + 2}, "query_labels must be from 0 to 2, got 4"),
        ({"classes": 2}, "labels must be from 0 to 1, got 2"),
        ({"classes": 4}, "labels must hold each class, got none of 3 of 4"),
        ({"smoothing": 0}, "smoothing must be finite and > 0, got 0"),
    ],
)
def test_wrong_classes(change, words):
    given = dict(zip(("z", "labels", "queries", "query_labels"), GIVEN, strict=True)) | change
    with pytest.raises(ValueError, match=f"^naive_bayes: {words}"):
        pc.naive_bayes(**given)


def test_wrong_arguments_of_fit_and_predict():
    fit, predict = pc.naive_bayes.fit, pc.naive_bayes.predict
    for call, error, words in (
        (lambda: fit(Z, LABELS[:4]), ValueError, "fit: z and labels must have shapes"),
        (lambda: fit(Z, LABELS * 2), ValueError, "fit: labels must hold each class, got none of 1"),
        (lambda: fit(Z.tolist(), LABELS), TypeError, "fit: z must be a real floating array"),
        (lambda: fit(Z, LABELS * 1.0), TypeError, "fit: labels must be an integer array"),
        (lambda: fit(Z, LABELS, shared=1), TypeError, "fit: shared must be True or False, got 1"),
        (lambda: fit(Z, LABELS, smoothing=-1), ValueError, "fit: smoothing must be finite and > 0"),
        (lambda: fit(Z, LABELS, classes=0), ValueError, "fit: classes must be"),
        (lambda: predict(fit(Z, LABELS), Z[:, :2]), ValueError, "predict: queries must have shape"),
    ):
        with pytest.raises(error, match=rf"^naive_bayes\.{words}"):
            call()


def test_on_every_library(backend):
    wanted = pc.naive_bayes.predict(pc.naive_bayes.fit(Z, LABELS), QUERIES)
    model = pc.naive_bayes.fit(backend.asarray(Z), backend.asarray(LABELS))
    found = pc.naive_bayes.predict(model, backend.asarray(QUERIES))
    np.testing.assert_array_equal(backend.read(found), wanted)


def test_under_jit_the_number_of_classes_is_given():
    jax = pytest.importorskip("jax")
    given = [jax.numpy.asarray(t) for t in GIVEN]
    with pytest.raises(ValueError, match="naive_bayes: classes must be given where labels are"):
        jax.jit(pc.naive_bayes)(*given)
    step = jax.jit(lambda *t: pc.naive_bayes(*t, classes=3))
    assert float(step(*given)) == pytest.approx(pc.naive_bayes(*GIVEN), rel=1e-5)
    assert np.isnan(float(step(given[0], 0 * given[1], *given[2:])))


def test_ranks_share_rows_and_queries():
    value, grads = pc.naive_bayes.value_and_grad(*GIVEN)

    def one(comm):
        rows, queries = [(slice(0, 9), slice(0, 1)), (slice(9, 10), slice(1, 5))][comm.rank]
        given = Z[rows], LABELS[rows], QUERIES[queries], QUERY_LABELS[queries]
        got, of_rank = pc.naive_bayes.value_and_grad(*given, comm=comm, gradients="sum")
        assert_close(got, value, 1e-12)
        assert_close(of_rank.z, grads.z[rows], 1e-12)
        assert_close(of_rank.queries, grads.queries[queries], 1e-12)

    LocalGroup(2, timeout=30).run(one)


def test_what_is_not_finite_has_no_class():
    """Results that are integers cannot show a nan."""
    model = pc.naive_bayes.fit(np.asarray([[0.0], [1.0]]), np.asarray([0, 1]))
    for bad in (np.nan, np.inf):
        with pytest.raises(ValueError, match=r"^naive_bayes.predict: queries must be finite"):
            pc.naive_bayes.predict(model, np.asarray([[0.2], [bad]]))
    jax = pytest.importorskip("jax")
    traced = jax.jit(pc.naive_bayes.predict)(model, jax.numpy.asarray([[0.9], [np.nan]]))
    assert traced.tolist() == [1, 2]

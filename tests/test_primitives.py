"""Sorting, searching, gathering and partial sums work on every kind of array."""

import numpy as np
import pytest
from backends import Backend, backend_params

from polycontrast.arrays import (
    AbstractArray,
    as_mapped,
    cumulative_logaddexp,
    cumulative_max,
    dual,
    is_mapped,
    largest_entries,
    loaded,
    namespace,
    segment_max,
    segment_sum,
    unsorted,
)

N, COUNT = 13, 6
RNG = np.random.default_rng(3)
X, ROWS = RNG.normal(size=N), RNG.normal(size=(N, 3))
SEGMENTS = RNG.integers(0, COUNT - 1, N)  # the last segment is empty
ORDER = RNG.permutation(N)
COLUMNS = np.argsort(ROWS, axis=1)


def sums_of_segments(values):
    sums = np.zeros((COUNT, *values.shape[1:]))
    for segment, value in zip(SEGMENTS, values, strict=True):
        sums[segment] += value
    return sums


def largest_of_segments(values):
    found = [values[segment == SEGMENTS] for segment in range(COUNT)]
    return np.asarray([np.max(v, initial=-np.inf) for v in found])


def running(values):
    return np.stack([np.logaddexp.reduce(values[..., : n + 1], axis=-1) for n in range(N)], axis=-1)


# Each function of reals `x` and integers `i`, and what NumPy says that it is.
FUNCTIONS = {
    "segment_sum": (lambda xp, x, i: segment_sum(x, i, COUNT), X, SEGMENTS, sums_of_segments(X)),
    "segment_sum of rows": (
        lambda xp, x, i: segment_sum(x, i, COUNT),
        *(ROWS, SEGMENTS, sums_of_segments(ROWS)),
    ),
    "cumulative_logaddexp": (lambda xp, x, i: cumulative_logaddexp(x), X, ORDER, running(X)),
    "cumulative_logaddexp of rows": (
        lambda xp, x, i: cumulative_logaddexp(x),
        *(ROWS.T, ORDER, running(ROWS.T)),
    ),
    "argsort": (lambda xp, x, i: xp.take(x, xp.argsort(x), axis=0), X, ORDER, np.sort(X)),
    "sort": (lambda xp, x, i: xp.sort(x), X, ORDER, np.sort(X)),
    "take": (lambda xp, x, i: xp.take(x, i, axis=0), ROWS, ORDER, ROWS[ORDER]),
    "take_along_axis": (
        lambda xp, x, i: xp.take_along_axis(x, i, axis=1),
        *(ROWS, COLUMNS, np.sort(ROWS, axis=1)),
    ),
    "atan2": (lambda xp, x, i: xp.atan2(x[1:], x[:-1]), X, ORDER, np.arctan2(X[1:], X[:-1])),
    "unsorted": (
        lambda xp, x, i: unsorted(x, i),
        *(np.sort(ROWS, axis=1), COLUMNS, ROWS),
    ),
    "cumulative_sum": (
        lambda xp, x, i: xp.cumulative_sum(x, axis=0),
        *(ROWS, ORDER, np.cumsum(ROWS, axis=0)),
    ),
}
# Positions are integers, which have no derivative; maxima of segments are constants.
PLACES = {
    "segment_max": (
        lambda xp, x, i: segment_max(x, i, COUNT),
        *(X, SEGMENTS, largest_of_segments(X)),
    ),
    "cumulative_max": (
        lambda xp, x, i: cumulative_max(i),
        *(X, ORDER, np.maximum.accumulate(ORDER)),
    ),
    "searchsorted": (
        lambda xp, x, i: xp.searchsorted(xp.sort(x), x, side="right"),
        *(X, ORDER, np.argsort(np.argsort(X)) + 1),
    ),
}
ALL = FUNCTIONS | PLACES


@pytest.mark.parametrize("backend", backend_params())
@pytest.mark.parametrize("name", ALL)
def test_libraries(name, backend):
    function, x, i, wanted = ALL[name]
    x, i = backend.asarray(x), backend.asarray(i)
    got = function(namespace(x), x, i)
    assert backend.owns(got)
    np.testing.assert_allclose(backend.read(got), wanted, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("name", ALL)
def test_traced_by_jax(name):
    jax, function = pytest.importorskip("jax"), ALL[name][0]
    x, i = (Backend.JAX.asarray(t) for t in ALL[name][1:3])
    got = jax.jit(lambda x, i: function(namespace(x), x, i))(x, i)
    np.testing.assert_allclose(np.asarray(got), ALL[name][3], rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_dual_arrays(name):
    """The derivative along a direction is that of central differences."""
    function, x, i, wanted = FUNCTIONS[name]
    along, h = np.random.default_rng(1).normal(size=x.shape), 1e-6
    got = function(namespace(dual(x)), dual(x, along), dual(i))
    np.testing.assert_allclose(got.value, wanted, rtol=1e-14, atol=1e-14)
    ends = [function(np, x + s * along, i) for s in (-h, h)]
    np.testing.assert_allclose(got.tangent, (ends[1] - ends[0]) / (2 * h), rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("name", ALL)
def test_abstract_arrays(name):
    function, x, i, wanted = ALL[name]
    x, i = AbstractArray(x.shape, x.dtype), AbstractArray(i.shape, i.dtype)
    got = function(namespace(x), x, i)
    assert got.shape == wanted.shape
    assert got.dtype.kind == wanted.dtype.kind


@pytest.mark.parametrize("name", ALL)
def test_arrays_in_files(name, tmp_path, monkeypatch):
    monkeypatch.setattr("polycontrast.arrays.stand_ins.in_files.SMALL", 16)
    function, x, i, wanted = ALL[name]
    file = np.memmap(tmp_path / "x", mode="w+", shape=x.shape, dtype=x.dtype)
    file[...] = x
    x = as_mapped(file)
    assert is_mapped(x)
    got = loaded(function(namespace(x), x, i))
    np.testing.assert_allclose(got, wanted, rtol=1e-14, atol=1e-14)


def test_sums_of_segments_in_parts(monkeypatch):
    """A library without a scatter multiplies with tables of a bounded size."""
    monkeypatch.setattr("polycontrast.arrays.functions.partial_sums.ENTRIES", 2 * N)
    rows, segments = Backend.STRICT.asarray(ROWS), Backend.STRICT.asarray(SEGMENTS)
    got = Backend.STRICT.read(segment_sum(rows, segments, COUNT))
    np.testing.assert_allclose(got, sums_of_segments(ROWS), rtol=1e-14)


@pytest.mark.parametrize("backend", backend_params())
def test_a_nan_stays_in_its_segment(backend):
    rows = ROWS.copy()
    rows[0, 1] = np.nan
    got = backend.read(segment_sum(backend.asarray(rows), backend.asarray(SEGMENTS), COUNT))
    np.testing.assert_allclose(got, sums_of_segments(rows), rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("backend", backend_params())
def test_largest_entries(backend):
    """By falling value; of equal ones the first comes first, also where only some are taken."""
    x = np.random.default_rng(0).integers(0, 5, (40, 9)).astype(float)
    x[:10, :] += np.random.default_rng(1).normal(size=(10, 9))
    x[11, 4], x[12, :] = -np.inf, 1.0
    for k in (0, 1, 3, 9):
        wanted = np.argsort(-x, axis=1, stable=True)[:, :k]
        got = backend.read(largest_entries(backend.asarray(x), k))
        np.testing.assert_array_equal(got, wanted)


def test_sums_without_entries():
    none = np.zeros((0, 3), np.float32), np.zeros(0, np.int64)
    sums = segment_sum(*none, 2)
    np.testing.assert_array_equal(sums, np.zeros((2, 3)))
    assert sums.dtype == np.float32


@pytest.mark.parametrize("backend", backend_params())
def test_an_empty_segment_has_no_largest_entry(backend):
    got = backend.read(segment_max(backend.asarray(X), backend.asarray(SEGMENTS), COUNT))
    assert got[-1] == -np.inf
    assert np.isfinite(got[:-1]).all()


def test_no_term_weighs_nothing():
    """Minus infinity stands for no term, and long sums keep their digits in float32."""
    x = np.full(5, -np.inf)
    x[2:] = 0.0
    got = cumulative_logaddexp(x)
    np.testing.assert_allclose(got, [-np.inf, -np.inf, 0.0, np.log(2), np.log(3)])
    many = cumulative_logaddexp(np.zeros(2**14, np.float32))
    np.testing.assert_allclose(many, np.log(np.arange(1, 2**14 + 1)), atol=3e-6)


@pytest.mark.parametrize("shape", [(2, 3, 31), (33,), (2, 64), (3, 2100), (2, 0), (0, 40)])
def test_partial_sums_of_long_rows(shape):
    """In runs, and runs of runs; -inf adds nothing."""
    rows = 30 * RNG.normal(size=shape)
    rows[..., :3] = -np.inf
    with np.errstate(all="ignore"):
        got = cumulative_logaddexp(rows)
        np.testing.assert_allclose(got, np.logaddexp.accumulate(rows, axis=-1), rtol=1e-13)

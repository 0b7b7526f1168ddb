"""Each kernel gives what the formulas say, on tiles that fill no patch and on such that do."""

import math

import numpy as np
import pytest
from processor import bfloat16, launch

from polycontrast.arrays.cuda import tiles

SHAPES = [(1, 1), (3, 5), (64, 256), (65, 257), (130, 300)]
DTYPES = ["float32", "float64"]
pytestmark = pytest.mark.usefixtures("on_processor")


def close(got, wanted, dtype, **options):
    tolerance = dict(rtol=2e-5, atol=1e-6) if dtype == "float32" else dict(rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(got, wanted, **(tolerance | options))


class Problem:
    """A tile with offsets and factors, some of its pairs not counting, and the same in float64."""

    def __init__(self, shape, dtype, size=3.0):
        rng = np.random.default_rng(0)
        n, m = shape
        self.scores = (size * rng.standard_normal(shape)).astype(dtype)
        self.scores[rng.random(shape) < 0.1] = -np.inf
        self.offsets, self.factors, self.lse = (
            tuple(rng.standard_normal(k).astype(dtype) for k in (n, m)) for _ in range(3)
        )
        r, c = (t.astype(np.float64) for t in self.offsets)
        self.S = self.scores.astype(np.float64) + r[:, None] + c[None, :]
        self.u, self.v = (t.astype(np.float64) for t in self.factors)
        self.L, self.K = (t.astype(np.float64) for t in self.lse)


def functions(problem):
    """Values and weights of each function in float64."""
    S, both = problem.S, problem.u[:, None] + problem.v[None, :]
    positive = np.maximum(S, 0)
    on_rows = problem.u[:, None] * np.exp(S - problem.L[:, None])
    return {
        "exponential": (np.exp(S), np.exp(S) * both),
        "softplus": (positive + np.log1p(np.exp(-np.abs(S))), both / (1 + np.exp(-S))),
        "softmax": (None, on_rows + problem.v[None, :] * np.exp(S - problem.K[None, :])),
    }


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("function", ["exponential", "softplus", "softmax"])
def test_a_visit_gives_values_weights_and_all_sums(function, shape, dtype):
    problem = Problem(shape, dtype)
    values, weights = functions(problem)[function]
    kept = problem.scores.copy()
    found = tiles.visit(
        function,
        problem.scores,
        problem.offsets,
        factors=problem.factors,
        lse=problem.lse,
        weights=np.full(shape, np.nan, dtype=dtype),
        values=(values is not None,) * 2,
        sums=(True, True),
    )
    # The two terms of a weight may cancel.
    close(found.weights, weights, dtype, atol=1e-6 * np.abs(weights).max())
    size = np.abs(weights).sum()
    for axis in (0, 1):
        close(found.sums[1 - axis], weights.sum(axis=axis), dtype, atol=1e-6 * size)
        if values is not None:
            close(found.values[1 - axis], values.sum(axis=axis), dtype)
    np.testing.assert_array_equal(problem.scores, kept)


@pytest.mark.parametrize("function", ["exponential", "softplus", "softmax"])
def test_weights_may_take_the_place_of_the_scores(function):
    problem = Problem((70, 300), "float64")
    _, weights = functions(problem)[function]
    tiles.visit(
        function,
        problem.scores,
        problem.offsets,
        factors=problem.factors,
        lse=problem.lse,
        weights=problem.scores,
    )
    close(problem.scores, weights, "float64")


@pytest.mark.parametrize("function", ["exponential", "softplus", "softmax"])
def test_weights_in_bfloat16_are_those_of_float32_rounded_once(function):
    problem = Problem((70, 300), "float32")
    given = dict(factors=problem.factors, lse=problem.lse)
    exact, bits = np.empty((70, 300), np.float32), np.empty((70, 300), np.uint16)
    tiles.visit(function, problem.scores, problem.offsets, weights=exact, **given)
    tiles.visit(function, problem.scores, problem.offsets, weights=bits, **given)
    np.testing.assert_array_equal(bfloat16(bits), bfloat16(tiles.rounded(exact)))


def test_what_is_left_out_counts_as_nothing():
    """No offsets, no factors of columns, no sums of columns."""
    problem = Problem((70, 300), "float64")
    S = problem.scores
    found = tiles.visit("exponential", S, values=(True, False))
    close(found.values[0], np.exp(S).sum(axis=1), "float64")
    assert found.values[1] is found.weights is found.sums[0] is found.sums[1] is None
    for function, factor in (("exponential", 1.0), ("softmax", np.exp(-problem.L)[:, None])):
        found = tiles.visit(
            function,
            S,
            factors=(problem.factors[0], None),
            lse=(problem.lse[0], None),
            weights=np.empty_like(S),
        )
        close(found.weights, np.exp(S) * problem.u[:, None] * factor, "float64")


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("size", [1.0, 3e3])
def test_peaks_give_log_sum_exps_of_any_size(shape, dtype, size):
    problem = Problem(shape, dtype, size)
    found = tiles.peaks(problem.scores, problem.offsets)
    for side, axis in zip(found, (1, 0), strict=True):
        with np.errstate(divide="ignore"):
            lse = side.tops.astype(np.float64) + np.log(side.totals.astype(np.float64))
        lse[np.isinf(side.tops)] = -np.inf
        assert (side.totals[np.isinf(side.tops)] == 0).all()
        close(lse, np.logaddexp.reduce(problem.S, axis=axis), dtype, rtol=1e-6, atol=1e-5)
    rows, columns = tiles.peaks(problem.scores, problem.offsets, columns=False)
    assert columns is None
    np.testing.assert_array_equal(rows.totals, found[0].totals)


@pytest.mark.parametrize("dtype", DTYPES)
def test_peaks_of_neighbours_of_any_distance(dtype):
    """Rows and columns that are far below others, or have no pair that counts, in whole patches."""
    rng = np.random.default_rng(0)
    scores = rng.standard_normal((64, 256)).astype(dtype)
    scores[9] -= 1e4
    scores[10] -= 60.0  # still above 2^-126 of its neighbours
    scores[:, 33] -= 90.0
    scores[:, 34] += 500.0
    scores[20] = scores[:, 40] = -np.inf
    for side, axis in zip(tiles.peaks(scores), (1, 0), strict=True):
        with np.errstate(divide="ignore"):
            lse = side.tops.astype(np.float64) + np.log(side.totals.astype(np.float64))
        lse[side.totals == 0] = -np.inf
        wanted = np.logaddexp.reduce(scores.astype(np.float64), axis=axis)
        close(lse, wanted, dtype, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("function", ["exponential", "softplus", "softmax"])
def test_vectors_may_begin_anywhere(function):
    """Four numbers are loaded at once only where they lie at a multiple of 16 bytes."""
    problem = Problem((64, 256), "float32")

    def moved(t):
        room = np.empty(t.size + 4, np.float32)
        start = (-room.ctypes.data // 4) % 4 + 1
        room[start : start + t.size] = t
        return room[start : start + t.size]

    def visited(change):
        names = ("offsets", "factors", "lse")
        sides = {name: tuple(map(change, getattr(problem, name))) for name in names}
        offsets = sides.pop("offsets")
        return tiles.visit(
            function, problem.scores, offsets, weights=np.empty((64, 256), np.float32), **sides
        )

    assert moved(problem.scores[0]).ctypes.data % 16
    np.testing.assert_array_equal(visited(moved).weights, visited(np.copy).weights)


class TestErrors:
    """Relative errors in float32, with functions as inexact as those of the hardware.

    `on_processor.h` adds the errors that CUDA states. EPS is the distance of neighbours at 1.
    """

    EPS = 2.0**-23
    SHAPE = (64, 1024)

    def errors(self, got, wanted):
        return np.abs(got / wanted - 1).max() / self.EPS

    def test_softplus_and_its_slope(self):
        """Scores from -60 to 60: |s| eps / 2 for the rounded exponent, and 4 eps."""
        s = np.linspace(-60, 60, math.prod(self.SHAPE)).reshape(self.SHAPE).astype(np.float32)
        one = np.ones(self.SHAPE[0], np.float32)
        weights = np.empty(self.SHAPE, np.float32)
        found = tiles.visit(
            "softplus", s, factors=(one, None), weights=weights, values=(True, True)
        )
        exact = s.astype(np.float64)
        values, slopes = np.logaddexp(0, exact), 1 / (1 + np.exp(-exact))
        allowed = 4 + np.abs(exact) * 0.75
        assert (np.abs(weights / slopes - 1) / self.EPS < allowed).all()
        assert self.errors(found.values[1], values.sum(axis=0)) < 4
        least = np.empty((64, 256), np.float32)
        least[:] = np.linspace(-60, 0, 64)[:, None]
        rows = tiles.visit("softplus", least, values=(True, False)).values[0]
        wanted = 256 * np.logaddexp(0, least[:, 0].astype(np.float64))
        assert (np.abs(rows / wanted - 1) / self.EPS < 6 + np.abs(least[:, 0]) * 0.75).all()

    def test_softmax(self):
        """|L| eps for the rounded log-sum-exp in its unit, |s - L| eps / 2, and 4 eps."""
        rng = np.random.default_rng(0)
        for scale in (1.0, 14.0, 100.0):
            s = (scale * rng.uniform(-1, 1, self.SHAPE)).astype(np.float32)
            sides = (np.logaddexp.reduce(s, axis=k).astype(np.float32) for k in (1, 0))
            lse = tuple(sides)
            one = tuple(np.ones(k, np.float32) for k in self.SHAPE)
            got = tiles.visit("softmax", s, factors=one, lse=lse, weights=np.empty_like(s)).weights
            far = [s.astype(np.float64) - t for t in (lse[0][:, None], lse[1][None, :])]
            wanted = np.exp(far[0]) + np.exp(far[1])
            allowed = 4 + np.abs(lse[0]).max() + 0.75 * np.minimum(*map(np.abs, far))
            normal = wanted > 2.0**-100  # a term below 2^-126 becomes 0
            assert normal.mean() > 0.1
            assert (np.abs(got - wanted) / self.EPS < allowed * wanted)[normal].all()

    def test_log_sum_exps(self):
        """4 eps of the total, and eps / 2 of the distance of the maximum of a patch."""
        rng = np.random.default_rng(0)
        for scale in (1.0, 14.0, 100.0):
            s = (scale * rng.uniform(-1, 1, self.SHAPE)).astype(np.float32)
            for side, axis in zip(tiles.peaks(s), (1, 0), strict=True):
                lse = side.tops.astype(np.float64) + np.log(side.totals.astype(np.float64))
                wanted = np.logaddexp.reduce(s.astype(np.float64), axis=axis)
                assert np.abs(lse - wanted).max() / self.EPS < 4 + 0.5 * scale


def test_peaks_of_parts_merge_to_those_of_the_whole():
    scores = Problem((66, 400), "float64", 30.0).scores
    scores[0, :] = -np.inf
    left, right = (tiles.peaks(np.ascontiguousarray(t))[0] for t in np.hsplit(scores, [130]))
    made = tiles.merged(left, right)
    assert made.tops[0] == -np.inf
    assert made.totals[0] == 0
    wanted = np.logaddexp.reduce(scores[1:], axis=1)
    close(made.tops[1:] + np.log(made.totals[1:]), wanted, "float64")


@pytest.mark.parametrize(("bad", "shows"), [(np.nan, np.isnan), (np.inf, np.isinf)])
def test_what_is_not_finite_shows(bad, shows):
    scores = np.zeros((70, 300))
    scores[5, 7] = bad
    for side, k in zip(tiles.peaks(scores), (5, 7), strict=True):
        assert shows(side.totals[k])
        assert np.isfinite(np.delete(side.totals, k)).all()
    for function in ("exponential", "softplus"):
        found = tiles.visit(function, scores, values=(True, True))
        assert shows(found.values[0][5])
        assert shows(found.values[1][7])


def test_bfloat16_rounds_to_nearest_ties_to_even():
    below, above = np.float32(1.0), np.float32(1.0078125)  # neighbours in bfloat16
    x = np.array([1.0, 1.00390625, 1.01171875, 1.003, 1.005, -1.005, np.inf, -np.inf], np.float32)
    wanted = [below, below, np.float32(1.015625), below, above, -above, np.inf, -np.inf]
    np.testing.assert_array_equal(bfloat16(tiles.rounded(x)), np.array(wanted, np.float32))
    assert np.isnan(bfloat16(tiles.rounded(np.array([np.nan], np.float32)))).all()
    rng = np.random.default_rng(0)
    x = (rng.standard_normal(1000) * 10.0 ** rng.integers(-30, 30, 1000)).astype(np.float32)
    assert (np.abs(bfloat16(tiles.rounded(x)) - x) <= np.abs(x) * 2.0**-8).all()


def test_two_runs_give_the_same_bits():
    problem = Problem((130, 600), "float32")
    one, other = (tiles.visit("softplus", problem.scores, values=(True, True)) for _ in range(2))
    for a, b in zip(one.values, other.values, strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_launch_refuses_what_is_not_contiguous():
    with pytest.raises(AssertionError, match="round_bfloat16"):
        launch("round_bfloat16", (1,), np.zeros((3, 3), np.float32).T, 9, np.zeros(9, np.uint16))

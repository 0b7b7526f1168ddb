"""Extreme inputs: finite numbers, or an error that the contract knows; nan goes through."""

import itertools
import warnings

import numpy as np
import pytest

import polycontrast as pc
from battery.cases import all_cases, assert_close, case_params, default_cases, parts
from battery.scenes import (
    GENERAL,
    HARDEST,
    SCENES,
    coincident_rows,
    made,
    one_sample,
    rows_of,
)
from battery.scopes import of_mechanisms, of_objectives
from battery.test_values import oracle_result


def evaluated(case, scene, arrays, **options):
    """Value and gradients; None where a single sample is refused, as it may be."""
    try:
        return case.evaluate(arrays, **options)
    except ValueError as error:
        if scene is one_sample and str(error).startswith(f"{case.objective.name}: "):
            return None
        raise


def check_finite(result, what):
    """Value and gradients are numbers."""
    if result is None:
        return
    assert np.isfinite(result.value).all(), what
    for name, grad in result.grads.items():
        assert all(np.isfinite(t).all() for t in parts(grad)), f"{what}: {name}"


@pytest.mark.parametrize("case", case_params())
def test_hardest_scenes_are_finite(case):
    """Also with every option."""
    for scene, arrays, options in made(case, HARDEST):
        check_finite(case.evaluate(arrays, dtype="float32", **options), scene.__name__)


@pytest.mark.parametrize("case", of_objectives())
def test_finite(case):
    """Value and gradients are finite, dense and tiled; only B = 1 may be refused.

    Overflow and underflow are meant: a legal call raises none, whatever the caller set NumPy to.
    """
    for scene, arrays, options in made(case, SCENES):
        for dtype in ("float64", "float32"):
            for execution in ({}, dict(tile=(2, 2), workers=2)):
                with np.errstate(all="raise"), warnings.catch_warnings():
                    warnings.simplefilter("error", RuntimeWarning)
                    given = dict(dtype=dtype, **options, **execution)
                    result = evaluated(case, scene, arrays, **given)
                check_finite(result, f"{scene.__name__} {dtype} {execution}")


@pytest.mark.parametrize("case", of_objectives())
def test_right(case):
    """Where the formula still means something, the numbers are those of the naive version."""
    for scene, arrays, options in made(case, GENERAL):
        got = evaluated(case, scene, arrays, **options)
        if got is not None:
            assert_close(got, oracle_result(case, arrays, **options), 1e-8, scene.__name__)


@pytest.mark.parametrize("case", of_objectives())
def test_collapse_is_right(case):
    """All rows the same: the value is that of the naive version (gradients may sit on a kink)."""
    arrays, options = coincident_rows(case)
    wanted = oracle_result(case, arrays, **options).value
    # Distances come from products: the root of a rounding error of 1e-16 is 1e-8, over temperature.
    assert_close(case.value(arrays, **options), wanted, 1e-6)


@pytest.mark.parametrize("case", case_params())
def test_a_nan_shows(case):
    """Also with every option."""
    for _, arrays, what in spoilt(case, np.nan):
        assert np.isnan(case.value(arrays)).any(), what


@pytest.mark.parametrize("case", of_objectives())
def test_not_finite(case):
    """A single entry that is not finite makes the loss nan, with rows as they are or scaled.

    A nan shows in the gradients as well.
    """
    both = ({"normalize": True}, {"normalize": False}) if "normalize" in case.arguments else ({},)
    executions = ({}, dict(tile=(3, 3), workers=2))
    for (bad, arrays, name), options, execution in itertools.product(
        spoilt(case, np.nan, np.inf, -np.inf), both, executions
    ):
        what = (name, bad, options, execution)
        if not np.isnan(bad):
            value = case.value(arrays, **options, **execution)
        else:
            result = case.evaluate(arrays, **options, **execution)
            grads, value = result.grads.values(), result.value
            assert not all(np.isfinite(grad).all() for grad in grads), what
        assert np.isnan(value).any(), what


def spoilt(case, *numbers):
    """Each number at an entry of each array of embeddings: the number, the arrays and the name."""
    for name in case.dims:
        argument = case.arguments[name]
        if argument.kind not in ("rows", "views") or argument.role.dtype != "real floating":
            continue
        if name in case.normalizers or argument.role.is_bounded:  # refused
            continue
        for bad in numbers:
            arrays = case.arrays()
            first = (0,) * (arrays[name].ndim - 2)  # one view, and a sample that no mask takes out
            # Of negatives of each row some are left out: all of the first row are bad.
            row = slice(None) if case.dims[name][-2:] == ("K", "D") else 2
            arrays[name][(*first, row, 0)[: arrays[name].ndim]] = bad
            yield bad, arrays, name


# Where a normaliser of 0 is divided by, and the value is nan: finite ones near it run away.
NO_LIMIT = {(name, -np.inf) for name in ("flo_bound", "tuba_bound", "global_contrastive")}


@pytest.mark.parametrize("case", case_params([c for c in default_cases() if c.normalizers]))
def test_limits_of_numbers_of_samples(case):
    """A normaliser that is given as a logarithm may be infinite: the value is nan or its limit."""
    for name in case.normalizers:
        for bad in (np.inf, -np.inf):
            arrays = case.arrays()
            arrays[name][..., 2] = bad
            value = case.value(arrays)
            near = []
            for large in (300.0, 600.0):
                arrays[name][..., 2] = np.copysign(large, bad)
                near.append(float(case.value(arrays)))
            assert np.isnan(value) == ((case.objective.name, bad) in NO_LIMIT), (name, bad)
            if np.isnan(value):
                assert abs(near[1]) > 1e100 * abs(near[0]), name
            elif np.isinf(value):
                assert (near[1] - near[0]) * value > 0, name
            else:
                assert value == pytest.approx(near[1]), name


MIRRORED = [
    c
    for c in all_cases()
    if (
        c.objective.name in ("nt_xent", "dcl", "dhel", "poly_view")
        and "aggregation" not in c.options
    )
    or c.options.get("denominator") == "original"
]


@pytest.mark.parametrize("tile", [None, (2, 4)])
@pytest.mark.parametrize("case", of_objectives(MIRRORED))
def test_wild_rows_that_meet_themselves(case, tile):
    """A score of 1e12 and its mirror image differ by 1e5 in float32: no weight exceeds 1 for it."""
    for seed in range(4):
        arrays = case.arrays(seed=seed)
        for name in rows_of(case):
            lengths = np.random.default_rng(seed).uniform(-5, 5, (*arrays[name].shape[:-1], 1))
            arrays[name] = (arrays[name] * 10**lengths).astype(np.float32).astype(float)
        options = {"normalize": False, "temperature": 0.0018}
        wanted = oracle_result(case, arrays, **options)
        got = case.evaluate(arrays, dtype="float32", tile=tile, **options)
        for name, grad in got.grads.items():
            largest = np.max(np.abs(wanted.grads[name]))
            error = np.max(np.abs(grad - wanted.grads[name]))
            assert error <= 1e-3 * largest, (name, seed)


@pytest.mark.parametrize("largest", [1e38, 3e38])
def test_weights_near_the_largest_number(largest):
    """They weigh as small ones of the same proportions, or are refused where their sum is none."""
    x, y = np.random.default_rng(0).normal(size=(2, 3, 4)).astype(np.float32)
    small = np.asarray([1.0, 0.5, 0.25], np.float32)
    if largest > 2e38:
        with pytest.raises(
            ValueError, match=r"^info_nce: weights must have a finite sum, got inf$"
        ):
            pc.info_nce(x, y, weights=np.float32(largest) * np.ones_like(small))
        return
    wanted = pc.info_nce.value_and_grad(x, y, weights=small, wrt=("x", "temperature"))
    got = pc.info_nce.value_and_grad(
        x, y, weights=np.float32(largest) * small, wrt=("x", "temperature")
    )
    np.testing.assert_allclose(got[0], wanted[0], rtol=1e-6)
    for one, other in zip(got[1], wanted[1], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5)


@pytest.mark.parametrize("case", of_mechanisms(rows_of, among=all_cases()))
def test_check_finite(case):
    """check_finite=True refuses such an array, by name."""
    for name in rows_of(case):
        for bad in (np.nan, np.inf):
            arrays = case.arrays()
            case.value(arrays, check_finite=True)
            arrays[name][..., 0, 0] = bad
            with pytest.raises(ValueError, match=f"^{case.objective.name}: {name}.*finite"):
                case.value(arrays, check_finite=True)


@pytest.mark.parametrize("case", of_mechanisms())
def test_extremes_elsewhere(case, backend):
    """The hardest scenes are finite on every array library too."""
    for scene, arrays, options in made(case, HARDEST):
        check_finite(case.evaluate(arrays, backend, **options), scene.__name__)


@pytest.mark.parametrize("name", ["sufficient_statistics", "average_view"])
def test_a_mean_of_antipodal_rows_is_zero(name):
    """Up to round-off it is; scaled to unit length that would be a direction out of nothing."""
    views = np.random.default_rng(4).normal(size=(3, 5, 6))
    views[1] = -0.7 * views[2]
    _, grads = pc.objectives()[name].value_and_grad(views, normalize_mean=True)
    assert np.max(np.abs(grads.views)) < 1e3

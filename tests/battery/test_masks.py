"""What a mask says is missing is not there: its numbers do not matter, it gets no gradient."""

import numpy as np
import pytest

from battery.cases import all_cases, assert_close
from battery.scopes import of_objectives

MASKED = [case for case in all_cases() if "mask" in case.dims and case.views]


@pytest.mark.parametrize("normalize", [True, False], ids=["unit", "plain"])
@pytest.mark.parametrize("case", of_objectives(MASKED))
def test_missing_rows_are_not_read(case, normalize):
    """Zeros, huge numbers or nan in their place change nothing; their gradient is 0."""
    arrays = case.arrays()
    missing = ~arrays["mask"]
    assert missing.any()
    options = {"normalize": normalize, "temperature": 1.0}
    options = {name: value for name, value in options.items() if name in case.arguments}
    wanted = case.evaluate(arrays, **options)
    for filler in (0.0, 1e6, np.nan):
        filled = dict(arrays)
        gone = missing[-len(arrays[case.views]) :]
        filled[case.views] = np.where(gone[..., None], filler, arrays[case.views])
        for execution in ({}, dict(tile=(2, 2), workers=2)):
            got = case.evaluate(filled, **options, **execution)
            assert_close(got, wanted, 1e-10, f"filled with {filler}")
            assert np.all(got.grads[case.views][gone] == 0)


@pytest.mark.parametrize("case", of_objectives(MASKED))
def test_full_mask(case):
    """A mask that is true everywhere is no mask."""
    arrays = case.arrays()
    without = {name: x for name, x in arrays.items() if name != "mask"}
    full = arrays | {"mask": np.ones_like(arrays["mask"])}
    assert_close(case.evaluate(full), case.evaluate(without), 1e-10)


# An order of all samples is none of fewer.
UNORDERED = [c for c in MASKED if not any(c.arguments[name].role.distinct for name in c.dims)]


@pytest.mark.parametrize("case", of_objectives(UNORDERED))
def test_missing_samples(case):
    """A sample without a view is as good as left out of the batch."""
    arrays = case.arrays()
    mask = arrays["mask"].copy()
    mask[:, 2] = False
    keep = np.arange(mask.shape[1]) != 2
    axes = {name: dims.index("B") for name, dims in case.dims.items() if "B" in dims}

    def kept(name, x):
        return np.compress(keep, x, axis=axes[name]) if name in axes else x

    fewer = {name: kept(name, x) for name, x in arrays.items()}
    got = case.evaluate(arrays | {"mask": mask})
    wanted = case.evaluate(fewer)
    assert_close(got.value, wanted.value, 1e-10)
    for name in arrays:
        if name in got.grads:
            assert_close(kept(name, got.grads[name]), wanted.grads[name], 1e-10, name)


@pytest.mark.parametrize("case", of_objectives(MASKED))
@pytest.mark.parametrize("there", ["nothing", "one view", "one sample"])
def test_almost_nothing_there(case, there):
    """With no pair left the result is finite, and 0 where no term is left at all."""
    arrays = case.arrays()
    mask = np.zeros_like(arrays["mask"])
    if there == "one view":
        mask[0, :] = True
    if there == "one sample":
        mask[:, 0] = True
    result = case.evaluate(arrays | {"mask": mask})
    assert np.isfinite(result.value)
    for name, grad in result.grads.items():
        assert np.isfinite(grad).all(), name
    if there != "one sample":
        assert result.value == 0
        assert all(np.all(grad == 0) for grad in result.grads.values())

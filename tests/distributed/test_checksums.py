"""A checksum of an array, by which ranks know that all of them were given the same."""

import numpy as np
import pytest

from polycontrast.distributed import checksum


@pytest.mark.parametrize("size", [3, 5000])
@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bool"])
def test_a_checksum_sees_every_change(size, dtype):
    """One entry, two rows exchanged, two columns exchanged; not a copy."""
    x = np.random.default_rng(2).normal(size=(size, 7)).astype(dtype)
    x[0], x[1] = x[0, 0] * 0, x[0, 0] * 0 + 1
    x[:, 0], x[:, 1] = x[:, 0] * 0, x[:, 0] * 0 + 1
    entry = x.copy()
    entry[-1, -1] = not entry[-1, -1]
    others = [entry, x[[1, 0, *range(2, size)]], x[:, [1, 0, *range(2, 7)]]]
    assert checksum(x) not in map(checksum, others)
    assert checksum(x) == checksum(x.copy())


def test_nan_has_one_checksum():
    assert checksum(np.full((3000, 3), np.nan)) == checksum(np.full((3000, 3), np.nan))

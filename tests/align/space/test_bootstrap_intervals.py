"""The bootstrap: what theory says where it says something, and rows as the units that vary."""

import numpy as np
import pytest

from polycontrast.align.space.bootstrap import interval_of_mean, interval_of_median


def test_a_mean_has_the_interval_of_the_normal_distribution():
    """Of 2,000 rows the mean is normal; 1,000 repetitions give the ends to some per cent."""
    x = np.random.default_rng(0).exponential(size=(2000, 1))
    low, high = interval_of_mean(x, seed=1)
    error = 1.96 * x.std() / np.sqrt(2000)
    assert low == pytest.approx(x.mean() - error, abs=0.15 * error)
    assert high == pytest.approx(x.mean() + error, abs=0.15 * error)


def test_columns_of_a_row_are_drawn_together():
    """Ten equal columns say nothing more than one; ten independent ones shrink the interval."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((500, 1))
    one, same = interval_of_mean(x), interval_of_mean(np.repeat(x, 10, axis=1))
    assert one == pytest.approx(same)
    apart = interval_of_mean(rng.standard_normal((500, 10)))
    assert apart[1] - apart[0] < 0.45 * (one[1] - one[0])


def test_a_median_has_the_interval_of_order_statistics():
    """Exact for independent rows: the median is between the binomial quantiles of the ranks."""
    x = np.random.default_rng(0).standard_normal((901, 1))
    ordered = np.sort(x[:, 0])
    half = 1.96 * np.sqrt(901) / 2
    low, high = interval_of_median(x)
    near = 8  # ranks: the noise of 1,000 repetitions
    assert ordered[round(450 - half) - near] <= low <= ordered[round(450 - half) + near]
    assert ordered[round(450 + half) - near] <= high <= ordered[round(450 + half) + near]


def test_a_median_is_that_of_numpy_for_each_repetition(monkeypatch):
    """The same draws, repeated as rows and given to `numpy.median`, with missing entries."""
    from polycontrast.align.space import bootstrap

    monkeypatch.setattr(bootstrap, "TIMES", 40)
    x = np.random.default_rng(0).integers(1, 9, (12, 3)).astype(float)
    x[3, 1] = x[5] = np.nan
    found = bootstrap.interval_of_median(x, seed=2)
    drawn = np.random.default_rng(2).integers(0, 12, (40, 12))
    wanted = np.percentile([np.nanmedian(x[rows]) for rows in drawn], (2.5, 97.5))
    assert found == pytest.approx(tuple(wanted))


def test_missing_values_are_left_out_of_their_column():
    x = np.array([[1.0, np.nan], [1.0, 5.0]] * 20)
    assert interval_of_mean(x) == pytest.approx((3.0, 3.0))

"""Ranks that are processes, under torch's gloo."""

import numpy as np
import pytest
from launch import gloo, once, results
from rank_program import SIZES, TIMEOUT, check_values, whole_hessian

pytest.importorskip("torch")
pytestmark = pytest.mark.distributed
DIED = 7
SLACK = 10  # seconds more than a timeout, on a machine with other work


@pytest.fixture(scope="module")
def ranks(tmp_path_factory):
    """What five processes found in all jobs; the second one dies in the last."""

    def run(folder):
        assert gloo(5, folder) == [0, DIED, 0, 0, 0]

    return results(once(tmp_path_factory, "gloo", run), 5)


@pytest.mark.parametrize("size", SIZES["gloo"])
def test_values(size, ranks):
    """NumPy arrays and tensors; equal, unequal and empty shares; masks, weights, negatives."""
    check_values(ranks, size)


@pytest.mark.slow
def test_values_of_every_case(tmp_path):
    assert gloo(3, tmp_path, "gloo-every") == [0, 0, 0]
    check_values(results(tmp_path, 3), 3, every=True)


def test_memory_is_that_of_the_rows_of_a_rank(ranks):
    """Normalised rows, gradients, and packets that come and go; tiles beside them."""
    for found in ranks[:3]:
        assert found["memory"] < 12


def test_certificates(ranks):
    """Averaging is right by default, and the report says what is wrong with another rule."""
    for found in ranks[:3]:
        (fine, _), (wrong, text), (single, _) = found["certificates"]
        assert fine
        assert single
        assert not wrong
        assert "3 times too small" in text
        assert 'pass gradients="average"' in text


def test_second_order(ranks):
    """Hessian-vector products of tensors, with the tangents in the same messages."""
    for rank, found in enumerate(ranks[:3]):
        for got, wanted in zip(found["hessian"], whole_hessian(rank, 3), strict=True):
            np.testing.assert_allclose(got, wanted, rtol=1e-9, atol=1e-12)


def test_errors(ranks):
    """All ranks raise: the one that was called wrongly says why."""
    for rank, found in enumerate(ranks[:3]):
        refused, differs, temperature, tile = found["errors"]
        assert "same dimension" in refused
        assert ("rank 1 could not take part: ValueError" in refused) == (rank != 1)
        assert "label_smoothing is 0 on ranks 0 and 2, 0.1 on rank 1" in differs
        assert "temperature is 0.5 on ranks 0 and 2, 0.25 on rank 1" in temperature
        assert ("rank 1 could not take part: ValueError: info_nce: tile" in tile) == (rank != 1)


def test_a_rank_lags(ranks):
    """Who waits raises after the timeout of the group."""
    seconds, error = ranks[0]["lag"]
    assert error
    assert seconds < TIMEOUT + SLACK


def test_a_rank_dies(ranks):
    """The others raise the engine's error, at once or after its timeout, and nothing hangs."""
    for rank in (0, 2):
        seconds, error = ranks[rank]["death"]
        assert error
        assert seconds < TIMEOUT + SLACK
    assert ranks[1]["death"] is None

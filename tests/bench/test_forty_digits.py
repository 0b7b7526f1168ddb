"""The formulas that errors are measured against have the values and the slopes that they should."""

import runpy
from pathlib import Path

import numpy as np
import pytest

mp = pytest.importorskip("mpmath")
PATH = Path(__file__).parents[2] / "benchmarks" / "forty_digits.py"
LABELS = [0, 1, 0, 1]
FORMULAS = [
    ("info_nce", 0.5),
    ("ranking", 0.5),
    ("nt_xent", 0.5),
    ("sup_con", 0.5, LABELS),
    ("triplet", 0.3, LABELS),
]


@pytest.fixture(scope="module")
def digits():
    return runpy.run_path(str(PATH))


@pytest.mark.parametrize("given", FORMULAS, ids=[f[0] for f in FORMULAS])
def test_gradients_are_differences(digits, given):
    """A step of 1e-20 leaves 30 of 60 digits in the difference."""
    name, *parameters = given
    rows = np.random.default_rng(1).normal(size=(4, 3))
    _, gradient = digits["exact"](digits[name], rows, *parameters)
    with mp.workdps(digits["DIGITS"]):
        number, step = digits["Number"], mp.mpf("1e-20")

        def value(by):
            inputs = [[number(mp.mpf(float(t))) for t in row] for row in rows]
            inputs[2][1].value += by
            return digits[name](inputs, number(mp.mpf(str(parameters[0]))), *parameters[1:]).value

        slope = (value(step) - value(-step)) / (2 * step)
        assert slope != 0
        assert abs(gradient[2][1] - slope) < mp.mpf("1e-30") * abs(slope)


def test_values_known_by_hand(digits):
    """Orthogonal samples, and halves that agree: log(1 + (B - 1) / e), and so on."""
    rows = np.concatenate([np.eye(3), np.eye(3)])
    with mp.workdps(digits["DIGITS"]):
        wanted = {
            "info_nce": mp.log(1 + 2 / mp.e),
            "ranking": mp.log(1 + 2 / mp.e),
            "nt_xent": mp.log(1 + 4 / mp.e),
        }
        for name, value in wanted.items():
            got, _ = digits["exact"](digits[name], rows, 1)
            assert abs(got - value) < mp.mpf("1e-50")
        far, near = mp.sqrt(2), mp.mpf(0)
        got, _ = digits["exact"](digits["triplet"], rows, 1.5, [0, 1, 2, 0, 1, 2])
        assert abs(got - (near - far + mp.mpf("1.5"))) < mp.mpf("1e-50")


def test_a_zero_row_has_no_gradient(digits):
    rows = np.random.default_rng(1).normal(size=(4, 3))
    rows[0] = 0
    _, gradient = digits["exact"](digits["info_nce"], rows, 0.5)
    assert not any(gradient[0])
    assert all(map(any, gradient[1:]))

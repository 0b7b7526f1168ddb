"""Each loss of `polycontrast.compat` has the value and the gradients of the package, as recorded.

`record.py` made the numbers with the packages themselves, in float64.
"""

import importlib
import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

from peer_cases import CASES, measured

RECORDED = json.loads((Path(__file__).parent / "recorded.json").read_text("utf-8"))
RELATIVE = 1e-12


def close(ours, theirs, scale):
    return bool(np.all(np.abs(np.subtract(ours, theirs)) <= RELATIVE * scale))


def differences(found, expected):
    """Names of values and gradients that differ, and those that are missing."""
    values = [np.ravel(v) for v in expected["values"]]
    wrong = [] if len(values) == len(found["values"]) else ["number of values"]
    for k, (ours, theirs) in enumerate(zip(found["values"], values, strict=False)):
        if len(ours) != len(theirs) or not close(ours, theirs, np.abs(theirs).max()):
            wrong.append(f"value {k}: {ours[:3]}, {theirs[:3]}")
    largest = max(norm for norm, _ in expected["grads"].values())
    for name, (norm, product) in expected["grads"].items():
        ours = found["grads"].get(name, (0.0, 0.0))
        if not close(ours, (norm, product), max(norm, 0.01 * largest)):
            wrong.append(f"gradient of {name}: {ours}, {(norm, product)}")
    missing = set(found["grads"]) - set(expected["grads"])
    return wrong + [f"{n} has a gradient" for n in missing if found["grads"][n][0] > 0]


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in CASES])
def test_value_and_gradients_are_those_of_the_package(case):
    module = importlib.import_module(f"polycontrast.compat.{case.package}")
    assert differences(measured(case, module), RECORDED[case.id]) == []


def test_a_difference_is_seen():
    name, expected = next(iter(RECORDED.items()))
    factor = 1 + 1e-11
    values = [[v * factor for v in vs] for vs in expected["values"]]
    assert differences(expected | {"values": values}, expected) != [], name
    grads = {n: (a * factor, b) for n, (a, b) in expected["grads"].items()}
    assert differences(expected | {"grads": grads}, expected) != [], name
    assert differences(expected, expected) == []


def test_each_record_is_of_a_case():
    assert list(RECORDED) == [case.id for case in CASES]

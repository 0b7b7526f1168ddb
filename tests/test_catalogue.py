"""Nothing of the catalogue is missing: every public name, with every parameter.

`catalogue.txt` is a plain list, which is written by hand.
"""

import importlib.util
import inspect
from pathlib import Path

import pytest

import polycontrast as pc

LINES = Path(__file__).with_name("catalogue.txt").read_text("utf-8").splitlines()
CATALOGUE = {
    name: parameters.split()
    for name, _, parameters in (
        line.partition(":") for line in LINES if line and not line.startswith("#")
    )
}


def found(name):
    """The object of a dotted name; None where there is none."""
    first, *rest = name.split(".")
    one = getattr(pc, first, None)
    if one is None and importlib.util.find_spec(f"polycontrast.{first}"):
        one = importlib.import_module(f"polycontrast.{first}")
    for part in rest:
        one = getattr(one, part, None)
    return one


def parameters_of(one):
    """Names of all parameters; those of the execution of an objective aside."""
    own = one.signature if isinstance(one, pc.Objective) else inspect.signature(one)
    return set(own.parameters)


@pytest.mark.parametrize("name", CATALOGUE)
def test_each_name_is_there(name):
    one = found(name)
    assert one is not None
    assert set(CATALOGUE[name]) <= parameters_of(one)


def test_each_objective_is_in_the_list():
    assert not set(pc.objectives()) - set(CATALOGUE)


def test_no_name_is_there_twice():
    names = [line.partition(":")[0] for line in LINES if line and not line.startswith("#")]
    assert len(names) == len(set(names))

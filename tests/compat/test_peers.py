"""Each loss of `polycontrast.compat` beside the package itself, where the package is installed.

These tests run with ``-m peers``; ``python3 benchmarks/frameworks.py --tests`` runs them.
"""

import importlib
import inspect
import warnings

import pytest

pytest.importorskip("torch")

import record
import torch
from peer_cases import CASES, measured
from test_recorded import differences

from polycontrast.compat import PACKAGES, crosswalk

pytestmark = pytest.mark.peers


@pytest.fixture(autouse=True)
def as_recorded():
    """Stand-ins for what the packages import beside their losses, and float64 as the default."""
    record.allow_imports()
    torch.set_default_dtype(torch.float64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
    torch.set_default_dtype(torch.float32)


def of(package):
    found = record.package(package)
    if found is None:
        pytest.skip(f"{package} is not installed")
    return found


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in CASES])
def test_the_package_gives_the_same(case):
    theirs = of(case.package)
    ours = importlib.import_module(f"polycontrast.compat.{case.package}")
    measure = record.with_jax if case.package == "optax" else measured
    assert differences(measured(case, ours), measure(case, theirs)) == []


@pytest.mark.parametrize("package", [p for p in PACKAGES if p in record.INSTALLED])
def test_arguments_and_defaults_are_those_of_the_package(package):
    """A default that is a function or an enumeration is a word here, the name of it."""
    theirs = of(package)
    ours = importlib.import_module(f"polycontrast.compat.{package}")
    for entry in crosswalk(package):
        here, there = (defaults(getattr(module, entry.name)) for module in (ours, theirs))
        missing = {n: d for n, d in there.items() if n not in here or here[n] != d}
        assert missing == {}, entry.name


def defaults(function):
    """The default of each argument; of a function its name."""
    found = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
            default = parameter.default
            found[name] = default.__name__ if inspect.isfunction(default) else default
    return found

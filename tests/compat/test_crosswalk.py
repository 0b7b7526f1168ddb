"""The page about other packages says what the code does."""

import doctest
import importlib
import importlib.util
import re
from pathlib import Path

import pytest

pytest.importorskip("torch")

from peer_cases import CASES

import polycontrast as pc
from polycontrast.compat import PACKAGES, crosswalk

ROOT = Path(__file__).parents[2]


def tool():
    """`tools/crosswalk.py`, which writes the tables."""
    spec = importlib.util.spec_from_file_location("crosswalk_tool", ROOT / "tools" / "crosswalk.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("package", PACKAGES)
def test_the_table_of_the_page_is_that_of_the_code(package):
    made = tool()
    written = (made.FOLDER / f"{package}.md").read_text("utf-8")
    assert written == made.table(package), "run python tools/crosswalk.py"
    assert f"_tables/coming_from/{package}.md" in (ROOT / "docs" / "coming_from.md").read_text()


@pytest.mark.parametrize("package", PACKAGES)
def test_each_entry_is_checked_with_the_package(package):
    """The names of the cases begin with those of the entries."""
    tested = {re.match(r"\w+", c.name)[0] for c in CASES if c.package == package}
    variants = {"volume_computation4", "volume_computation5", "GCLoss_v1", "GCLoss_v2"}
    assert {entry.name for entry in crosswalk(package)} - variants == tested


@pytest.mark.parametrize("package", PACKAGES)
def test_each_call_names_objectives_with_their_arguments(package):
    known = pc.objectives()
    for entry in crosswalk(package):
        words = set(re.findall(r"(\w+)\(", entry.ours))
        named = words & known.keys()
        wrapper = {"loss", "GCLoss_v1"}
        assert named or words & wrapper, entry.ours
        # Arguments of torch's functions and of Python's are the only others.
        arguments = set(re.findall(r"(\w+)=", entry.ours))
        allowed = {a for name in named for a in known[name].arguments}
        assert not named or arguments <= allowed | {"reduction"}, entry.ours


def test_an_unknown_package_is_refused():
    with pytest.raises(ValueError, match="package must be one of"):
        crosswalk("keras")


def test_the_example_of_the_package_runs():
    found = doctest.testmod(importlib.import_module("polycontrast.compat"))
    assert found.attempted > 0
    assert found.failed == 0

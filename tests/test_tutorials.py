"""The scripts of the tutorials run from nothing, learn, and draw their picture."""

import contextlib
import re
import runpy
from pathlib import Path

import pytest

from polycontrast.cli import main as polycontrast

pytest.importorskip("matplotlib")
DOCS = Path(__file__).parent.parent / "docs"
GUESSING = 1 / 600


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    """An empty folder, in which the script runs."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(name):
    """What a script defines."""
    return runpy.run_path(str(DOCS / "examples" / f"tutorial_{name}.py"))


def drawn(folder, name):
    return (folder / f"tutorial_{name}.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_two_towers(library, folder):
    """Pairs of unseen digits are found, and the temperature has moved with the encoders."""
    pytest.importorskip(library)
    promotion = contextlib.nullcontext()
    if library == "jax":
        jax = pytest.importorskip("jax")
        pytest.importorskip("optax")
        promotion = jax.numpy_dtype_promotion("standard")  # optax itself needs it
    with promotion:
        found = run(library)
    assert found["losses"][-1] < 0.1 * found["losses"][0]
    assert found["recalls"][-1] > 0.9
    assert found["temperatures"][-1] < 0.09
    assert drawn(folder, library)


def test_an_objective_of_one_s_own(folder):
    found = run("numpy")
    assert found["right"]
    assert not found["wrong"]
    assert {check.argument for check in found["wrong"].failures} == {"views[2]"}
    assert min(found["recalls"][-1]) > 0.7
    assert drawn(folder, "numpy")


def test_a_search_in_two_files(folder, few_starts):
    """The commands of the page, between the two scripts."""
    pytest.importorskip("tqdm")
    pytest.importorskip("rich")
    page = (DOCS / "tutorials" / "search.md").read_text("utf-8")
    (command,) = re.findall(r"^polycontrast (.*)$", page, re.M)
    run("search_data")
    assert polycontrast([*command.split(), "--quiet"]) == 0
    found = run("search")
    assert found["recall"] > 0.98
    assert found["queries"].shape == found["rows"].shape == (500, 32)
    assert drawn(folder, "search")

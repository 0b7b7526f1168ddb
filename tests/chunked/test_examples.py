"""The examples of `docs/chunks.md` train as they stand there."""

import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


@pytest.mark.parametrize("library", ["numpy", "torch", "jax"])
def test_it_learns(library):
    pytest.importorskip(library)
    losses = runpy.run_path(str(EXAMPLES / f"chunks_{library}.py"))["losses"]
    assert sum(losses[-5:]) < 0.9 * sum(losses[:5])

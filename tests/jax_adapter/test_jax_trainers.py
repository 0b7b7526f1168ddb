"""The trainers of `docs/trainers/jax.md`: flax nnx, equinox, optax, and several devices."""

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

jax = pytest.importorskip("jax")
pytest.importorskip("optax")
ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"


@pytest.mark.parametrize("library", ["flax", "equinox", "shard_map"])
def test_an_example_learns(library):
    """The loss falls, and the temperature moves with it."""
    pytest.importorskip("jax" if library == "shard_map" else library)
    with jax.numpy_dtype_promotion("standard"):  # optax itself needs it
        scope = runpy.run_path(str(EXAMPLES / f"{library}_training.py"))
    losses = np.asarray(scope["losses"])
    assert losses.shape == (30,)
    assert losses[-1] < 0.5 * losses[0]
    params = scope["params"] if library == "shard_map" else vars(scope["model"])
    learned = float(np.asarray(params["log_temperature"]))
    assert abs(learned - np.log(0.07)) > 1e-3


def test_the_page_highlights_the_lines_of_the_objective():
    """At most five of a trainer's lines change, and those are the lines that stand out."""
    page = (ROOT / "docs" / "trainers" / "jax.md").read_text("utf-8")
    found = re.findall(r"examples/(\w+)\.py\n:language: python\n:emphasize-lines: (.*)\n", page)
    assert len(found) == 4
    for name, numbers in found:
        spans = [[int(n) for n in span.split("-")] for span in numbers.split(",")]
        chosen = [n for span in spans for n in range(span[0], span[-1] + 1)]
        lines = (EXAMPLES / f"{name}.py").read_text("utf-8").splitlines()
        marked = {lines[n - 1] for n in chosen}
        assert marked == {line for line in lines if re.search(r"\bpc\b|_temperature", line)}
        assert len(marked) <= 5


def test_parameters_of_flax_are_arrays():
    """A `Param` may be any argument, also where it alone is traced, and has its gradient."""
    nnx = pytest.importorskip("flax.nnx")
    import polycontrast as pc

    x, y = jax.random.normal(jax.random.key(0), (2, 6, 4))

    def by_temperature(t, wrap):
        return pc.info_nce(x, y, temperature=wrap(t))

    def by_rows(x, wrap):
        return pc.poly_view([wrap(x), y])

    for function, at in ((by_temperature, jax.numpy.asarray(0.3)), (by_rows, x)):
        got = jax.value_and_grad(function)(at, nnx.Param)
        wanted = jax.value_and_grad(function)(at, lambda t: t)
        for a, b in zip(jax.tree.leaves(got), jax.tree.leaves(wanted), strict=True):
            np.testing.assert_array_equal(a, b)
        eager = function(at, nnx.Param)
        np.testing.assert_allclose(eager, wanted[0], rtol=1e-6)


@pytest.mark.distributed
@pytest.mark.parametrize("jobs", ["some", pytest.param("all", marks=pytest.mark.slow)])
def test_several_devices_train_as_one(jobs):
    """Values, gradients and steps over two devices are those of one device."""
    for library in ("flax", "equinox"):
        pytest.importorskip(library)
    paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    program = [sys.executable, "-W", "error", str(Path(__file__).with_name("devices_program.py"))]
    done = subprocess.run(
        [*program, str(EXAMPLES), jobs],
        env=os.environ | {"PYTHONPATH": paths, "JAX_PLATFORMS": "cpu"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout == "done\n"

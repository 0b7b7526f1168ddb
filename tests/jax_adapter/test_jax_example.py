"""The optax loop of `docs/jax.md` trains."""

import runpy
from pathlib import Path

import numpy as np
import pytest

jax = pytest.importorskip("jax")
pytest.importorskip("optax")
EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def test_the_loss_falls():
    with jax.numpy_dtype_promotion("standard"):  # optax itself needs it
        scope = runpy.run_path(str(EXAMPLES / "jax_training.py"))
    losses = np.asarray(scope["losses"])
    assert losses.shape == (30,)
    assert losses[-1] < 0.5 * losses[0]
    assert scope["params"]["log_temperature"] != np.log(0.07)

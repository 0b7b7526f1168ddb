"""Two processes under gloo: the default group, DDP, FSDP2, copies; each equals one process."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import polycontrast as pc

torch = pytest.importorskip("torch")

from rank_jobs import Model, batch, result  # noqa: E402

pytestmark = pytest.mark.distributed
PROGRAM = Path(__file__).parent / "rank_jobs.py"


@pytest.fixture(scope="module")
def ranks(tmp_path_factory):
    """What both processes found."""
    folder = tmp_path_factory.mktemp("ranks")
    paths = [str(Path(pc.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-W", "error", str(PROGRAM), str(folder)]
    running = [subprocess.Popen([*command, str(rank)], env=environment) for rank in (0, 1)]
    try:
        assert [process.wait(240) for process in running] == [0, 0]
    finally:
        for process in running:
            process.kill()
    return [pickle.loads((folder / f"{rank}.pickle").read_bytes()) for rank in (0, 1)]


@pytest.fixture(scope="module")
def whole():
    """Value and gradients of one process that has all samples, without ``comm=``."""
    model = Model(comm=None)
    value = model(*batch())
    value.backward()
    return result(value, model)


@pytest.mark.parametrize(
    "job",
    ["plain", "chunks", "chunks, unused sought", "encoders", "sharded", "sharded chunks"],
)
def test_value_and_gradients_are_those_of_one_process(ranks, whole, job):
    """Under DDP around the whole model, around each encoder, and under FSDP2."""
    for found in ranks:
        value, grads = found[job]
        assert value == pytest.approx(whole[0], rel=1e-6)
        assert grads.keys() == whole[1].keys()
        for name, wanted in whole[1].items():
            np.testing.assert_allclose(grads[name], wanted, rtol=1e-5, atol=1e-6, err_msg=name)


def test_calls_of_objectives_find_the_default_group(ranks):
    wanted = float(pc.info_nce(*batch().numpy(), temperature=0.5))
    for found in ranks:
        np.testing.assert_allclose(found["calls"], [wanted] * 3, rtol=1e-6)


def test_a_loss_that_was_made_before_the_group_shares_the_batch_later(ranks, whole):
    for found in ranks:
        assert found["alone"] == pytest.approx(whole[0], rel=1e-6)  # it had all samples then
        assert found["early"] == pytest.approx(whole[0], rel=1e-6)


def test_diagnostics_are_those_of_the_whole_batch(ranks):
    model = Model(comm=None)
    model(*batch())
    wanted = {name: t.item() for name, t in model.loss.diagnostics.items()}
    for found in ranks:
        assert found["diagnostics"] == pytest.approx(wanted, rel=1e-5)


def test_copies_share_the_batch(ranks, whole):
    """A moving average of the weights, a copy and a pickle."""
    for found in ranks:
        np.testing.assert_allclose(found["copies"], [whole[0]] * 4, rtol=1e-6)

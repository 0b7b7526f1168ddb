"""Ranks that are processes, under MPI."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from backends import REQUIRED
from launch import HERE, environment, once, results
from rank_program import SIZES, jobs
from shares import check_share

pytestmark = pytest.mark.distributed


def launcher():
    """Command that starts MPI processes: of this environment, or of the machine."""
    beside = Path(sys.executable).parent / "mpiexec"
    found = str(beside) if beside.exists() else shutil.which("mpiexec")
    if importlib.util.find_spec("mpi4py") is None or found is None:
        if "mpi4py" in REQUIRED:
            pytest.fail("mpi4py and mpiexec are required and not there")
        pytest.skip("mpi4py or mpiexec is not installed")
    return found


@pytest.fixture(scope="module")
def ranks(tmp_path_factory):
    """What three processes found in all jobs."""
    start = [launcher(), "-n", "3", sys.executable, str(HERE / "rank_program.py"), "mpi"]

    def run(folder):
        command = [*start, str(folder)]
        done = subprocess.run(
            command, env=environment(), timeout=300, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr

    return results(once(tmp_path_factory, "mpi", run), 3)


@pytest.mark.parametrize("size", SIZES["mpi"])
def test_values(size, ranks):
    for rank in range(size):
        for (case, split), got in zip(jobs(size), ranks[rank][f"values on {size}"], strict=True):
            check_share(case, split, rank, got)


def test_errors(ranks):
    for rank, found in enumerate(ranks):
        assert ("same dimension" if rank == 1 else "rank 1 refused its arguments") in (
            found["errors"][0]
        )


DYING = """
import os, signal
import numpy as np
from mpi4py import MPI
import polycontrast as pc

world = MPI.COMM_WORLD
x = np.random.default_rng(world.rank).standard_normal((64, 8))
pc.info_nce.value_and_grad(x, x + 1, comm=world)
print("together", flush=True)
world.Barrier()
if world.rank == 1:
    os.kill(os.getpid(), signal.SIGKILL)
pc.info_nce.value_and_grad(x, x + 1, comm=world)
print("alone", flush=True)
"""


def test_a_rank_dies():
    """The launcher ends the others: none returns from a call that lacks a rank, none hangs."""
    done = subprocess.run(
        [launcher(), "-n", "3", sys.executable, "-c", DYING],
        env=environment(),
        timeout=120,
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert done.stdout.count("together") == 3
    assert "alone" not in done.stdout


def test_certificates(ranks):
    for found in ranks:
        averaged, summed, wrong = found["reports"]
        assert "exact" in averaged
        assert "exact" in summed
        assert "3 times too large" in wrong
        assert 'pass gradients="sum"' in wrong

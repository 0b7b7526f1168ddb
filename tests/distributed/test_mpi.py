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


def test_certificates(ranks):
    for found in ranks:
        averaged, summed, wrong = found["reports"]
        assert "exact" in averaged
        assert "exact" in summed
        assert "3 times too large" in wrong
        assert 'pass gradients="sum"' in wrong

"""Ranks that are processes, under MPI."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from backends import REQUIRED
from launch import HERE, environment, once, results
from rank_program import SIZES, check_values, whole_hessian

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


def start(folder, jobs="mpi"):
    """Run three processes that do these jobs."""
    program = [sys.executable, str(HERE / "rank_program.py"), jobs, str(folder)]
    command = [launcher(), "-n", "3", *program]
    done = subprocess.run(command, env=environment(), timeout=300, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def ranks(tmp_path_factory):
    """What three processes found in all jobs."""
    return results(once(tmp_path_factory, "mpi", start), 3)


@pytest.mark.parametrize("size", SIZES["mpi"])
def test_values(size, ranks):
    check_values(ranks, size)


@pytest.mark.slow
def test_values_of_every_case(tmp_path):
    start(tmp_path, "mpi-every")
    check_values(results(tmp_path, 3), 3, every=True)


def test_errors(ranks):
    for rank, found in enumerate(ranks):
        refused, differs, temperature, tile = found["errors"]
        assert "same dimension" in refused
        assert ("rank 1 could not take part: ValueError" in refused) == (rank != 1)
        assert "label_smoothing is 0 on ranks 0 and 2, 0.1 on rank 1" in differs
        assert "temperature is 0.5 on ranks 0 and 2, 0.25 on rank 1" in temperature
        assert ("rank 1 could not take part: ValueError: info_nce: tile" in tile) == (rank != 1)


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


BREAKING = """
import gc, time
import numpy as np
from mpi4py import MPI
import polycontrast as pc
from polycontrast.distributed import RankError
from polycontrast.distributed.mpi import MPICommunicator
from polycontrast.similarity.walks import eager

world = MPI.COMM_WORLD
x = np.random.default_rng(world.rank).standard_normal((8, 1 << 16))  # too large to be sent ahead
states, exchange = eager.states_of, MPICommunicator.exchange

def broken(*_):
    raise ZeroDivisionError

def late(*what):
    time.sleep(0.5)
    return exchange(*what)

if world.rank == 1:
    eager.states_of = broken
else:
    MPICommunicator.exchange = late
try:
    pc.info_nce(x, x, comm=world, workers=1)
except (ZeroDivisionError, TimeoutError) as error:
    print(type(error).__name__, flush=True)
gc.collect()
made = [np.full(x.shape, 7.0) for _ in range(8)]
end = time.monotonic() + 1
while time.monotonic() < end:
    world.Iprobe()  # messages move while MPI is asked anything
world.Barrier()
print("kept" if all((m == 7).all() for m in made) else "overwritten", flush=True)
eager.states_of, MPICommunicator.exchange = states, exchange
try:
    pc.info_nce(x, x, comm=world)
except RankError as error:
    print(error, flush=True)
fresh = world.Dup()
print(f"goes on {np.isfinite(pc.info_nce(x, x, comm=fresh))}\\n", end="", flush=True)
"""


def test_a_call_that_breaks_off_writes_no_foreign_memory():
    """Arrays made after a caught error keep their numbers, on the rank at fault and the other."""
    done = subprocess.run(
        [launcher(), "-n", "2", sys.executable, "-c", BREAKING],
        env=environment() | {"POLYCONTRAST_MPI_TIMEOUT": "1"},
        timeout=60,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "ZeroDivisionError" in done.stdout
    assert "TimeoutError" in done.stdout
    assert done.stdout.count("kept") == 2
    assert done.stdout.count("info_nce: an earlier call broke off") == 2
    assert done.stdout.count("goes on True") == 2


def test_certificates(ranks):
    for found in ranks:
        averaged, summed, wrong = found["reports"]
        assert "exact" in averaged
        assert "exact" in summed
        assert "3 times too large" in wrong
        assert 'pass gradients="sum"' in wrong


def test_second_order(ranks):
    """Hessian-vector products, with the tangents in the same messages."""
    for rank, found in enumerate(ranks):
        for got, wanted in zip(found["hessian"], whole_hessian(rank, 3), strict=True):
            np.testing.assert_allclose(got, wanted, rtol=1e-9, atol=1e-12)

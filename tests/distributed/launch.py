"""Start ranks as processes, and collect what they wrote."""

import os
import pickle
import subprocess
import sys
import time
from pathlib import Path

import polycontrast as pc

__all__ = ["HERE", "environment", "gloo", "once", "results"]

HERE = Path(__file__).parent


def environment():
    """Variables for a process that finds this checkout and these tests; one thread a rank."""
    paths = [Path(pc.__file__).parent.parent, HERE, HERE.parent]
    path = os.pathsep.join([*map(str, paths), os.environ.get("PYTHONPATH", "")])
    return os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "error"}


def once(factory, name, run):
    """Folder that `run` has filled: one time only, though pytest-xdist may spread a module."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    done = folder / "done"
    try:
        folder.mkdir()
    except FileExistsError:
        deadline = time.monotonic() + 400
        while not done.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
    else:
        try:
            run(folder)
        finally:
            done.touch()
    return folder


def gloo(size, folder, jobs="gloo", timeout=300):
    """Run ranks under torch's gloo; return their exit codes."""
    command = [sys.executable, str(HERE / "rank_program.py"), jobs, str(folder)]
    ranks = [
        subprocess.Popen([*command, str(rank), str(size)], env=environment())
        for rank in range(size)
    ]
    try:
        return [rank.wait(timeout) for rank in ranks]
    finally:
        for rank in ranks:
            rank.kill()


def results(folder, size):
    """What the ranks wrote, in their order."""
    return [pickle.loads((Path(folder) / f"{rank}.pickle").read_bytes()) for rank in range(size)]

"""Ranks with GPUs: NCCL between all devices there are, CuPy arrays between threads."""

import subprocess
import sys

import numpy as np
import pytest
from battery.cases import assert_close
from launch import environment

import polycontrast as pc
from polycontrast.distributed import LocalGroup

pytestmark = pytest.mark.distributed

PROGRAM = """
import sys, tempfile, torch, torch.distributed as dist
import polycontrast as pc
from polycontrast.testing import check_distributed

def main(rank, size, meeting):
    torch.cuda.set_device(rank)
    dist.init_process_group("nccl", init_method=meeting, rank=rank, world_size=size)
    like = torch.zeros((), dtype=torch.float64, device=f"cuda:{rank}")
    for objective in (pc.info_nce, pc.poly_view):
        check_distributed(objective, dist.group.WORLD, like=like).raise_on_failure()
    dist.destroy_process_group()

if __name__ == "__main__":
    size = torch.cuda.device_count()
    torch.multiprocessing.spawn(main, (size, f"file://{sys.argv[1]}"), nprocs=size)
"""


@pytest.mark.cupy(device="NCCL")
def test_nccl(tmp_path):

    torch = pytest.importorskip("torch")
    if not torch.cuda.is_available():
        pytest.skip("torch has no GPU")
    program = tmp_path / "nccl_program.py"
    program.write_text(PROGRAM, "utf-8")
    run = [sys.executable, str(program), str(tmp_path / "meeting")]
    done = subprocess.run(run, env=environment(), timeout=60, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.cupy
def test_cupy_arrays():
    cupy = pytest.importorskip("cupy")
    x, y = np.random.default_rng(0).normal(size=(2, 6, 4))
    value, grads = pc.info_nce.value_and_grad(x, y)

    def one(comm):
        part = slice(2 * comm.rank, 2 * comm.rank + 2)
        mine = cupy.asarray(x[part]), cupy.asarray(y[part])
        got = pc.info_nce.value_and_grad(*mine, comm=comm)
        assert_close(cupy.asnumpy(got[0]), value, 1e-12)
        assert_close(cupy.asnumpy(got[1].x), 3 * grads.x[part], 1e-12)

    LocalGroup(3, timeout=60).run(one)

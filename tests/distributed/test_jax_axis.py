"""Ranks that are devices of one JAX program: several CPU devices in a fresh process."""

import subprocess
import sys

import pytest
from launch import environment

pytest.importorskip("jax")
pytestmark = pytest.mark.distributed

PROGRAM = """
import jax, numpy as np
jax.config.update("jax_enable_x64", True)
jax.config.update("jax_numpy_dtype_promotion", "strict")
jax.config.update("jax_numpy_rank_promotion", "raise")
from jax.sharding import AxisType, PartitionSpec as P
import polycontrast as pc
from shares import check_share, cut, sharded_cases, whole
from polycontrast.objective.sharding import sample_axis

def check(case, size, gradients="average"):
    split = [2] * size
    arrays = whole(case, split)
    axes = {name: sample_axis(case.arguments[name], x) for name, x in arrays.items()}
    specs = {n: P() if a is None else P(*[None] * a, "ranks") for n, a in axes.items()}
    mesh = jax.make_mesh((size,), ("ranks",), axis_types=(AxisType.Auto,))

    def share(arrays):
        value, grads = case.objective.value_and_grad(
            **arrays, wrt=case.differentiable, comm="ranks", **case.options
        )
        return value, grads._asdict()

    outs = P(), {name: specs.get(name, P()) for name in case.differentiable}
    run = jax.jit(jax.shard_map(share, mesh=mesh, in_specs=(specs,), out_specs=outs))
    value, grads = run({name: jax.numpy.asarray(x) for name, x in arrays.items()})
    for rank in range(size):
        mine = {n: cut(case, n, np.asarray(g), split, rank) for n, g in grads.items()}
        check_share(case, split, rank, (np.asarray(value), mine))

cases = {str(case): case for case in sharded_cases()}
for size in (1, 2, 3, 5):
    check(cases["info_nce-defaults"], size)
check(cases["info_nce-negatives=KD,symmetric=False,in_batch=False,label_smoothing=0.1"], 3)
check(cases["poly_view-mask=MB,weights=B"], 2)
check(cases["uniformity-defaults"], 3)
try:
    pc.info_nce(np.ones((2, 2)), np.ones((2, 2)), comm="ranks")
except ValueError as error:
    assert "names no JAX axis here" in str(error), error
"""


def test_values():
    flags = {"XLA_FLAGS": "--xla_force_host_platform_device_count=5", "JAX_PLATFORMS": "cpu"}
    run = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(
        run, env=environment() | flags, timeout=300, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]

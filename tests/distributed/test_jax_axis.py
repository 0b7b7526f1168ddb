"""Ranks that are devices of one JAX program: several CPU devices in a fresh process."""

import os
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
import polycontrast.jax
import sys
from battery.cases import all_cases, default_cases
from shares import check_share, cut, is_shared, whole
from polycontrast.objective.arguments.roles import SAMPLES
from polycontrast.objective.calls.ranks import sample_axis

def check(case, size, gradients="average"):
    split = [2] * size
    arrays = whole(case, split)
    for name in arrays:  # each rank counts its own samples
        if case.arguments[name].role.below in SAMPLES:
            arrays[name] = arrays[name] % split[0]
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

if sys.argv[1] == "every objective":
    for case in filter(is_shared, default_cases()):
        check(case, 2)
    check(default_cases()[0], 5)
    sys.exit()

cases = {str(case): case for case in all_cases()}
for size in (1, 3):
    check(cases["info_nce-defaults"], size)
check(cases["info_nce-negatives=KD,symmetric=False,in_batch=False,label_smoothing=0.1"], 3)
check(cases["poly_view-mask=MB,weights=B"], 2)
check(cases["uniformity-defaults"], 3)
check(cases["proxy_anchor-defaults"], 3)
check(cases["triplet-mining=semihard"], 3)

# Hessian-vector products, of values and tangents that travel together.
rows, vectors = np.random.default_rng(5).normal(size=(2, 2, 6, 4))
mesh = jax.make_mesh((3,), ("ranks",), axis_types=(AxisType.Auto,))

def product(x, y, u, v):
    wrt = ("x", "y", "temperature")
    given, along = (x, y), (u, v, 0.5)
    return tuple(pc.info_nce.hvp(given, along, wrt=wrt, temperature=0.2, comm="ranks"))

run = jax.jit(
    jax.shard_map(
        product, mesh=mesh, in_specs=(P("ranks"),) * 4, out_specs=(P("ranks"), P("ranks"), P())
    )
)
wanted = pc.info_nce.hvp(
    tuple(rows), (*vectors, 0.5), wrt=("x", "y", "temperature"), temperature=0.2
)
for got, whole_product, factor in zip(run(*rows, *vectors), wanted, (3, 3, 1), strict=True):
    np.testing.assert_allclose(got, whole_product * factor, rtol=1e-9, atol=1e-12)

# JAX's own gradient through all ranks is that of one process, by default: where JAX keeps account
# of what varies over the axis it sums by itself, elsewhere it averages.
x, y = np.random.default_rng(0).normal(size=(2, 6, 4))
w = np.random.default_rng(1).normal(size=(4, 4))
mesh = jax.make_mesh((3,), ("ranks",), axis_types=(AxisType.Auto,))
rows, all_of_it = P("ranks"), P()

def close(got, wanted):
    for a, b in zip(jax.tree.leaves(got), jax.tree.leaves(wanted), strict=True):
        np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=1e-9, atol=1e-11)

def shared(f, specs, outs, **more):
    return jax.shard_map(f, mesh=mesh, in_specs=specs, out_specs=outs, **more)

def loss(x, y, t, **more):
    return pc.info_nce(x, y, temperature=t, comm="ranks", **more)

wanted = pc.info_nce.value_and_grad(x, y, temperature=0.3, wrt=("x", "y", "temperature"))
for checked in (True, False):
    outer = shared(loss, (rows, rows, all_of_it), all_of_it, check_vma=checked)
    for argnums in (0, (0, 1), (0, 1, 2)):
        value, grads = jax.jit(jax.value_and_grad(outer, argnums=argnums))(x, y, 0.3)
        close((value, grads), (wanted[0], wanted[1][:1][0] if argnums == 0 else
                               tuple(wanted[1][: len(argnums)])))

# Without jit, JAX compiles each operation within shard_map by itself. Two of them are ours, forward
# and backward; JAX adds some fifty around them, however many steps the ring has.
compiled = []
jax.monitoring.register_event_duration_secs_listener(
    lambda event, *_, **__: compiled.append(event) if "backend_compile" in event else None
)
eager = shared(loss, (rows, rows, all_of_it), all_of_it)
close(jax.grad(eager, argnums=(0, 1, 2))(x, y, 0.3), tuple(wanted[1]))
assert 0 < len(compiled) < 100, len(compiled)

def encoded(w, t, x, y, **more):
    return loss(x @ w, y @ w, t, **more)

alone = jax.value_and_grad(lambda w, t: pc.info_nce(x @ w, y @ w, temperature=t), argnums=(0, 1))
wanted = alone(jax.numpy.asarray(w), 0.3)
specs, outs = (all_of_it, all_of_it, rows, rows), (all_of_it, (all_of_it, all_of_it))
within = shared(jax.value_and_grad(encoded, argnums=(0, 1)), specs, outs)
close(jax.jit(within)(w, 0.3, x, y), wanted)

def in_chunks(w, t, x, y):
    value, grads = pc.jax.chunked_step(
        pc.info_nce, lambda w, x: x @ w, w, [x, y],
        chunk_size=1, wrt="temperature", temperature=t, comm="ranks",
    )
    return value, (grads.params, grads.temperature)

close(jax.jit(shared(in_chunks, specs, outs))(w, 0.3, x, y), wanted)
try:
    averaged = lambda *given: encoded(*given, gradients="average")
    jax.eval_shape(shared(jax.value_and_grad(averaged), specs, outs), w, 0.3, x, y)
except ValueError as error:
    assert 'info_nce: gradients must be "sum" or left out' in str(error), error
else:
    raise AssertionError("an average of what JAX has summed")
try:
    pc.info_nce(np.ones((2, 2)), np.ones((2, 2)), comm="ranks")
except ValueError as error:
    assert "names no JAX axis here" in str(error), error
"""


@pytest.mark.parametrize("jobs", ["some", pytest.param("every objective", marks=pytest.mark.slow)])
def test_values(jobs):
    devices = "--xla_force_host_platform_device_count=5"
    flags = {"XLA_FLAGS": f"{os.environ['XLA_FLAGS']} {devices}", "JAX_PLATFORMS": "cpu"}
    run = [sys.executable, "-c", PROGRAM, jobs]
    done = subprocess.run(
        run, env=environment() | flags, timeout=900, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]

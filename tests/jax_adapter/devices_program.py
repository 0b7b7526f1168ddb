"""Trainers of JAX over two devices of one process; a test starts this program."""

import functools
import os
import runpy
import sys

os.environ["XLA_FLAGS"] = f"{os.environ['XLA_FLAGS']} --xla_force_host_platform_device_count=2"

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from jax.sharding import AxisType, NamedSharding
from jax.sharding import PartitionSpec as P

import polycontrast as pc

EXAMPLES, JOBS = sys.argv[1:]
EXPLICIT = jax.make_mesh((2,), ("batch",))  # as JAX makes it by default
AUTOMATIC = jax.make_mesh((2,), ("batch",), axis_types=(AxisType.Auto,))
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(2, 16, 5)).astype("float32")
W = RNG.normal(size=(5, 3)).astype("float32")
T = jnp.asarray(0.3)


def close(got, wanted):
    got, wanted = jax.tree.leaves(got), jax.tree.leaves(wanted)
    for a, b in zip(got, wanted, strict=True):
        np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=3e-5, atol=3e-6)


def divided(mesh, *arrays, axes=("batch",)):
    return jax.device_put(arrays, NamedSharding(mesh, P(*axes)))


def the_example_of_shard_map():
    """It trains as the example of optax does on one device, from the same parameters."""
    scope = runpy.run_path(f"{EXAMPLES}/shard_map_training.py")
    assert scope["mesh"].size == 2
    one = runpy.run_path(f"{EXAMPLES}/jax_training.py")
    np.testing.assert_allclose(scope["losses"], np.asarray(one["losses"]), rtol=1e-3)


class Towers(nnx.Module):
    def __init__(self):
        self.linear = nnx.Linear(5, 3, rngs=nnx.Rngs(0))
        self.log_temperature = nnx.Param(jnp.log(T))


class Fields(eqx.Module):
    linear: eqx.nn.Linear
    log_temperature: jax.Array


def of_flax(model, x, y, **options):
    temperature = jnp.exp(model.log_temperature[...])
    return pc.info_nce(model.linear(x), model.linear(y), temperature=temperature, **options)


def of_equinox(model, x, y, **options):
    rows = jax.vmap(model.linear)
    return pc.info_nce(rows(x), rows(y), temperature=jnp.exp(model.log_temperature), **options)


def flax_in_shard_map(mesh):
    """Model and optimizer of nnx go through `nnx.shard_map` as they are."""

    def train(step):
        model = Towers()
        optimizer = nnx.Optimizer(model, optax.adamw(1e-2), wrt=nnx.Param)
        return [float(step(model, optimizer)) for _ in range(2)], nnx.state(model)

    def step(model, optimizer, x, y, **options):
        loss = functools.partial(of_flax, **options)
        value, grads = nnx.value_and_grad(loss)(model, x, y)
        optimizer.update(model, grads)
        return value

    specs = (P(), P(), P("batch"), P("batch"))
    shared = nnx.jit(
        nnx.shard_map(
            lambda *given: step(*given, comm="batch"), mesh=mesh, in_specs=specs, out_specs=P()
        )
    )
    x, y = divided(mesh, X, Y)
    wanted = train(lambda *state: nnx.jit(step)(*state, X, Y))
    close(train(lambda *state: shared(*state, x, y)), wanted)


def equinox_in_shard_map(mesh):
    """The arrays of a module are replicated; the rest is no array."""
    key = jax.random.key(0)
    model = Fields(eqx.nn.Linear(5, 3, key=key), jnp.log(T))
    arrays, rest = eqx.partition(model, eqx.is_array)

    def share(arrays, x, y):
        loss = functools.partial(of_equinox, comm="batch")
        return eqx.filter_value_and_grad(loss)(eqx.combine(arrays, rest), x, y)

    specs = (P(), P("batch"), P("batch"))
    shared = eqx.filter_jit(jax.shard_map(share, mesh=mesh, in_specs=specs, out_specs=P()))
    wanted = eqx.filter_jit(eqx.filter_value_and_grad(of_equinox))(model, X, Y)
    close(shared(arrays, *divided(mesh, X, Y)), wanted)


LOSSES = {
    "info_nce in tiles": lambda x, y, t: pc.info_nce(x, y, temperature=t, tile=(4, 4)),
    "poly_view": lambda x, y, t: pc.poly_view([x, y, x + y], temperature=t),
    "one loss a row": lambda x, y, t: jnp.sum(
        jnp.arange(1.0, 33.0) * pc.nt_xent(x, y, temperature=t, reduction="none")
    ),
}


def sharded_inputs_in_jit(mesh, names):
    """No `shard_map`: one program, whose arrays XLA divides, by rows or by columns."""
    for name in names:
        by_all = jax.value_and_grad(LOSSES[name], argnums=(0, 1, 2))
        wanted = jax.jit(by_all)(X, Y, T)
        x, y = divided(mesh, X, Y)
        got = jax.jit(by_all)(x, y, T)
        close(got, wanted)
        assert got[1][0].sharding.is_equivalent_to(x.sharding, 2), name
    whole = lambda x, y, w: pc.info_nce(x @ w, y @ w, temperature=T)
    weights = jnp.ones((5, 4))
    close(
        jax.jit(jax.grad(whole, argnums=2))(
            *divided(mesh, X, Y, axes=()), *divided(mesh, weights, axes=(None, "batch"))
        ),
        jax.grad(whole, argnums=2)(X, Y, weights),
    )


if JOBS == "some":
    sharded_inputs_in_jit(EXPLICIT, ["info_nce in tiles"])
else:
    the_example_of_shard_map()
    flax_in_shard_map(EXPLICIT)
    equinox_in_shard_map(AUTOMATIC)
    for mesh in (EXPLICIT, AUTOMATIC):
        sharded_inputs_in_jit(mesh, LOSSES)
print("done")

"""A training loop over all devices: each has a share of the batch, and the loss is of all of it."""

import functools

import jax
import jax.numpy as jnp
import optax
from jax.sharding import NamedSharding
from jax.sharding import PartitionSpec as P

import polycontrast as pc

keys = jax.random.split(jax.random.key(0), 5)
images = jax.random.normal(keys[0], (256, 32))
texts = images @ jax.random.normal(keys[1], (32, 24))
texts = texts + 0.1 * jax.random.normal(keys[2], texts.shape)
params = {
    "image": jax.random.normal(keys[3], (32, 16)) / 32**0.5,
    "text": jax.random.normal(keys[4], (24, 16)) / 24**0.5,
    "log_temperature": jnp.log(jnp.asarray(0.07)),
}

mesh = jax.make_mesh((jax.device_count(),), ("batch",))
images, texts = jax.device_put((images, texts), NamedSharding(mesh, P("batch")))
optimizer = optax.adamw(1e-2)


def loss(params, images, texts):
    x, y = images @ params["image"], texts @ params["text"]
    return pc.info_nce(x, y, temperature=jnp.exp(params["log_temperature"]), comm="batch")


@jax.jit
@functools.partial(
    jax.shard_map,
    mesh=mesh,
    in_specs=(P(), P(), P("batch"), P("batch")),
    out_specs=(P(), P(), P()),
)
def step(params, moments, images, texts):
    value, grads = jax.value_and_grad(loss)(params, images, texts)
    updates, moments = optimizer.update(grads, moments, params)
    return optax.apply_updates(params, updates), moments, value


moments = optimizer.init(params)
losses = []
for _ in range(30):
    params, moments, value = step(params, moments, images, texts)
    losses.append(float(value))

"""The same in JAX: one compiled step, whose temporaries are those of one chunk."""

import jax
from jax import numpy as jnp

import polycontrast as pc
from polycontrast.jax import chunked_step

keys = jax.random.split(jax.random.key(0), 4)
params = {"w": 0.1 * jax.random.normal(keys[0], (20, 8)), "log_temperature": jnp.log(0.1)}
x = jax.random.normal(keys[1], (64, 20))
y = x + 0.3 * jax.random.normal(keys[2], (64, 20))


def encode(w, chunk, key):
    """Dropout and a linear map."""
    kept = jax.random.bernoulli(key, 0.9, chunk.shape)
    return jnp.where(kept, chunk, jnp.zeros_like(chunk)) @ w


@jax.jit
def step(params, x, y, key):
    """Value and new parameters."""
    temperature, back = jax.vjp(jnp.exp, params["log_temperature"])
    value, grads = chunked_step(
        pc.info_nce,
        encode,
        params["w"],
        [x, y],
        chunk_size=24,
        key=key,
        wrt="temperature",
        temperature=temperature,
    )
    grads = {"w": grads.params, "log_temperature": back(grads.temperature)[0]}
    return value, jax.tree.map(lambda p, g: p - 0.01 * g, params, grads)


losses = []
for key in jax.random.split(keys[3], 20):
    loss, params = step(params, x, y, key)
    losses.append(float(loss))

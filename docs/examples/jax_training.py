"""A training loop in JAX and optax: two encoders and a learned temperature."""

import jax
import jax.numpy as jnp
import optax

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
optimizer = optax.adamw(1e-2)


def loss(params):
    temperature = jnp.exp(params["log_temperature"])
    return pc.info_nce(images @ params["image"], texts @ params["text"], temperature=temperature)


def step(state, _):
    params, moments = state
    value, grads = jax.value_and_grad(loss)(params)
    updates, moments = optimizer.update(grads, moments, params)
    return (optax.apply_updates(params, updates), moments), value


start = params, optimizer.init(params)
(params, _), losses = jax.jit(lambda state: jax.lax.scan(step, state, length=30))(start)

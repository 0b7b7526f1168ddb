"""A training loop in equinox: two towers and a learned temperature."""

import equinox as eqx
import jax
import jax.numpy as jnp
import optax

import polycontrast as pc

keys = jax.random.split(jax.random.key(0), 5)
images = jax.random.normal(keys[0], (256, 32))
texts = images @ jax.random.normal(keys[1], (32, 24))
texts = texts + 0.1 * jax.random.normal(keys[2], texts.shape)


class TwoTowers(eqx.Module):
    """Linear encoders of images and texts."""

    image: eqx.nn.Linear
    text: eqx.nn.Linear
    log_temperature: jax.Array


def loss(model, images, texts):
    x, y = jax.vmap(model.image)(images), jax.vmap(model.text)(texts)
    return pc.info_nce(x, y, temperature=jnp.exp(model.log_temperature))


@eqx.filter_jit
def step(model, moments, images, texts):
    value, grads = eqx.filter_value_and_grad(loss)(model, images, texts)
    updates, moments = optimizer.update(grads, moments, model)
    return eqx.apply_updates(model, updates), moments, value


model = TwoTowers(
    image=eqx.nn.Linear(32, 16, key=keys[3]),
    text=eqx.nn.Linear(24, 16, key=keys[4]),
    log_temperature=jnp.log(jnp.asarray(0.07)),
)
optimizer = optax.adamw(1e-2)
moments = optimizer.init(eqx.filter(model, eqx.is_array))
losses = []
for _ in range(30):
    model, moments, value = step(model, moments, images, texts)
    losses.append(float(value))

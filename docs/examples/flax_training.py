"""A training loop in flax nnx: two towers and a learned temperature."""

import jax
import jax.numpy as jnp
import optax
from flax import nnx

import polycontrast as pc

keys = jax.random.split(jax.random.key(0), 3)
images = jax.random.normal(keys[0], (256, 32))
texts = images @ jax.random.normal(keys[1], (32, 24))
texts = texts + 0.1 * jax.random.normal(keys[2], texts.shape)


class TwoTowers(nnx.Module):
    """Linear encoders of images and texts."""

    def __init__(self, rngs):
        self.image = nnx.Linear(32, 16, rngs=rngs)
        self.text = nnx.Linear(24, 16, rngs=rngs)
        self.log_temperature = nnx.Param(jnp.log(jnp.asarray(0.07)))


def loss(model, images, texts):
    temperature = jnp.exp(model.log_temperature[...])
    return pc.info_nce(model.image(images), model.text(texts), temperature=temperature)


@nnx.jit
def step(model, optimizer, images, texts):
    value, grads = nnx.value_and_grad(loss)(model, images, texts)
    optimizer.update(model, grads)
    # The temperature stays above 0.01, as in CLIP.
    model.log_temperature[...] = jnp.maximum(model.log_temperature[...], jnp.log(0.01))
    return value


model = TwoTowers(nnx.Rngs(0))
optimizer = nnx.Optimizer(model, optax.adamw(1e-2), wrt=nnx.Param)
losses = [float(step(model, optimizer, images, texts)) for _ in range(30)]

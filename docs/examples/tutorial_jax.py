"""Two encoders that learn to match digits, in JAX and optax, with a learned temperature."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
from matplotlib.figure import Figure

import polycontrast as pc
from polycontrast.data import load_digits

# Two views of 2000 digits: the pixels, and the outlines. Row i of both is the same digit.
views, _ = load_digits()
pixels, outlines = (views[name].astype("float32") for name in ("pixel", "profile"))
pixels, outlines = ((v - v.mean(0)) / (v.std(0) + 1e-6) for v in (pixels, outlines))
rng = np.random.default_rng(0)
train, test = np.split(rng.permutation(2000), [1400])


# One encoder for each view: two layers. Both end in 32 numbers, which are compared.
def start(columns):
    layers = {"first": (columns, 64), "second": (64, 32)}
    return {name: rng.normal(0, shape[0] ** -0.5, shape) for name, shape in layers.items()}


@jax.jit
def encode(tower, x):
    return jax.nn.relu(x @ tower["first"]) @ tower["second"]


def loss(params, x, y):
    temperature = jnp.exp(params["log_temperature"])
    return pc.info_nce(
        encode(params["pixels"], x), encode(params["outlines"], y), temperature=temperature
    )


@jax.jit
def train_step(params, state, x, y):
    value, grads = jax.value_and_grad(loss)(params, x, y)
    updates, state = optimizer.update(grads, state, params)
    return optax.apply_updates(params, updates), state, value


params = {"pixels": start(240), "outlines": start(216), "log_temperature": np.log(0.1)}
params = jax.tree.map(lambda array: jnp.asarray(array, "float32"), params)
optimizer = optax.adam(2e-3)
state = optimizer.init(params)

losses, recalls, temperatures = [], [], []
for step in range(200):
    batch = rng.choice(train, 256, replace=False)
    params, state, value = train_step(params, state, pixels[batch], outlines[batch])

    losses.append(float(value))
    temperatures.append(float(jnp.exp(params["log_temperature"])))
    if step % 20 == 19:  # how many unseen digits are nearest to their own outline?
        x, y = encode(params["pixels"], pixels[test]), encode(params["outlines"], outlines[test])
        recalls.append(float(pc.recall_at_k(x, y, k=1)))

print(f"recall@1 on 600 unseen digits: {recalls[-1]:.2f}, by guessing 0.002")
print(f"temperature: {temperatures[-1]:.3f}")

figure = Figure(figsize=(7.6, 2.6), layout="constrained")
left, middle, right = figure.subplots(1, 3)
left.plot(losses)
left.set(title="Loss of the batch", xlabel="step", ylim=0)
middle.plot(range(20, 201, 20), recalls)
middle.set(title="Recall@1, unseen digits", xlabel="step", ylim=(0, 1.03))
right.plot(temperatures)
right.set(title="Temperature", xlabel="step")
figure.savefig("tutorial_jax.png", dpi=200)

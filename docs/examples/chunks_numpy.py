"""The same without a framework: an encoder returns its pullback with its embeddings."""

import numpy as np

import polycontrast as pc
from polycontrast.chunked import chunked_step

rng = np.random.default_rng(0)
w, v = rng.normal(size=(20, 32)), rng.normal(size=(32, 8))
x = rng.normal(size=(64, 20))
y = x + 0.1 * rng.normal(size=(64, 20))


def embed(chunk):
    """A network of two layers; `back` holds the activations of this chunk."""
    hidden = np.tanh(chunk @ w)

    def back(g):
        g_hidden = (g @ v.T) * (1 - hidden**2)
        return {"w": chunk.T @ g_hidden, "v": hidden.T @ g}

    return hidden @ v, back


losses = []
for _ in range(20):
    loss, grads = chunked_step(pc.info_nce, embed, [x, y], chunk_size=16)
    w -= 0.1 * grads.params["w"]
    v -= 0.1 * grads.params["v"]
    losses.append(float(loss))

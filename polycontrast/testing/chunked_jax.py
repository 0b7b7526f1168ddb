"""Steps in chunks and plain steps with JAX functions of parameters, for `check_chunked`."""

import contextlib
from collections.abc import Iterator
from typing import Any

import jax
import numpy as np
from jax import numpy as jnp

from polycontrast import arrays
from polycontrast.jax.chunked import chunked_step, parameters_of, split_key, value_and_gradient
from polycontrast.testing.chunked_runs import Outcome, Runs


class JaxRuns(Runs):
    """Runs of ``encode(params, chunk)`` or ``encode(params, chunk, key)``."""

    def __init__(self, *arguments: Any):
        super().__init__(*arguments)
        self.own = parameters_of(self.encoders, self.params, len(self.parts))
        self.keys = split_key(self.key, self.parts)
        self._seed = 0

    @contextlib.contextmanager
    def restored(self) -> Iterator[None]:
        """Nothing to restore: parameters and keys are values."""
        yield

    def seed(self, seed: int) -> None:
        """Choose a key for the first chunk."""
        self._seed = seed

    def _call(self, k: int, params: Any, chunk: Any, n: int) -> jax.Array:
        encoder, keys = self.parts[k].encoder, self.keys[k]
        if keys is None:
            return encoder(params, chunk)
        key = keys[n] if self._seed == 0 else jax.random.fold_in(keys[n], self._seed)
        return encoder(params, chunk, key)

    def embeddings(self, k: int, chunk: Any, again: bool) -> jax.Array:
        """Embeddings of rows of batch `k` with the key of its first chunk."""
        return self._call(k, self.own[k], chunk, 0)

    def plain(self, in_chunks: bool) -> Outcome:
        """Value and gradients by one ``jax.vjp`` through all encoders."""
        self.seed(0)

        def encode(own: list[Any]) -> list[jax.Array]:
            z = []
            for k, params in enumerate(own):
                pieces = enumerate(self.pieces(k, in_chunks))
                z.append(jnp.concatenate([self._call(k, params, c, n) for n, c in pieces]))
            return z

        z, back = jax.vjp(encode, self.own)
        value, grads, scalars = value_and_gradient(self.objective, z, self.wrt, self.parameters)
        return self._outcome(value, back(list(grads))[0], scalars, summed=False)

    def chunked(self) -> Outcome:
        """Value and gradients of the step in chunks."""
        value, grads = chunked_step(
            self.objective,
            [part.encoder for part in self.parts],
            self.own,
            self.batches,
            chunk_size=self.chunk_size,
            key=self.key,
            wrt=self.wrt,
            **self.parameters,
        )
        return self._outcome(value, grads.params, grads[1:], summed=True)

    def _outcome(self, value: Any, each: list[Any], scalars: Any, summed: bool) -> Outcome:
        """Gradients by name; shared parameters have the sum over all their occurrences."""
        found: dict[str, np.ndarray | None] = {}
        places = [id(params) for params in self.own]
        for k, tree in enumerate(each):
            first = places.index(places[k])
            for path, leaf in jax.tree_util.tree_leaves_with_path(tree):
                name = f"params[{first}]{jax.tree_util.keystr(path)}"
                earlier = None if summed else found.get(name)
                numbers = arrays.to_float64(leaf)
                found[name] = numbers if earlier is None else earlier + numbers
        return arrays.to_float64(value), found | self._scalars(scalars)

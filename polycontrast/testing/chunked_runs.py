"""Steps in chunks and plain steps, for `check_chunked`."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from polycontrast import arrays
from polycontrast.chunked import (
    chunked_step,
    count_rows,
    embed,
    get_state,
    leaves,
    named,
    of_embeddings,
    read_parts,
    set_state,
)

Outcome = tuple[np.ndarray, dict[str, np.ndarray | None]]


class Runs:
    """Runs of encoders that return their own pullback; subclasses run encoders of other kinds.

    Parameters
    ----------
    objective, encoders, batches, chunk_size, params, key, wrt, generators, parameters
        The arguments of `polycontrast.testing.check_chunked`.
    """

    def __init__(
        self,
        objective: Any,
        encoders: Any,
        batches: Any,
        chunk_size: Any,
        params: Any,
        key: Any,
        wrt: Any,
        generators: Sequence[Any],
        parameters: dict[str, Any],
    ):
        self.objective, self.encoders, self.batches = objective, encoders, batches
        self.chunk_size, self.params, self.key = chunk_size, params, key
        self.wrt, self.generators, self.parameters = named(wrt), generators, parameters
        self.parts = read_parts(encoders, batches, chunk_size)
        self.bits = 64  # bits of the narrowest dtype of the embeddings so far
        self._random: dict[int, bool] = {}

    def encode(self, k: int, chunk: Any, again: bool = False, seed: int = 0) -> np.ndarray:
        """Embeddings of rows of batch `k`, from the random state of `seed`.

        With `again`, they are computed as in the second pass.
        """
        self.seed(seed)
        z = self.embeddings(k, chunk, again)
        self.parts[k].check(z, count_rows(chunk, self.parts[k].name))
        self.bits = min(self.bits, arrays.namespace(z).finfo(z.dtype).bits)
        return arrays.to_float64(z)

    def is_random(self, k: int) -> bool:
        """Whether encoder `k` draws random numbers."""
        if k not in self._random:
            chunk = next(self.parts[k].chunks())[1]
            first, other = (self.encode(k, chunk, seed=seed) for seed in (0, 1))
            self._random[k] = not np.array_equal(first, other, equal_nan=True)
        return self._random[k]

    def pieces(self, k: int, in_chunks: bool) -> list[Any]:
        """Input of a plain step: the whole batch, or its chunks if random numbers are drawn."""
        part = self.parts[k]
        return [chunk for _, chunk in part.chunks()] if in_chunks else [part.batch]

    # The methods below depend on the kind of encoder, and are overridden.

    def seed(self, seed: int) -> None:
        """Set the random generators to the state of a seed."""
        for generator, state in zip(self.generators, self._states(), strict=True):
            set_state(generator, state)
            for _ in range(seed):
                generator.random()

    def _states(self) -> list[Any]:
        if not hasattr(self, "_saved"):
            self._saved = [get_state(generator) for generator in self.generators]
        return self._saved

    @contextlib.contextmanager
    def restored(self) -> Iterator[None]:
        """Context that restores the state from before it."""
        self._states()
        try:
            yield
        finally:
            self.seed(0)

    def embeddings(self, k: int, chunk: Any, again: bool) -> Any:
        """Embeddings of rows of batch `k`."""
        return embed(self.parts[k], chunk)[0]

    def plain(self, in_chunks: bool) -> Outcome:
        """Value and gradients without a second pass."""
        self.seed(0)
        z, backs = [], []
        for k, part in enumerate(self.parts):
            made = [embed(part, piece) for piece in self.pieces(k, in_chunks)]
            z.append(arrays.namespace(made[0][0]).concat([m[0] for m in made], axis=0))
            backs.append([(m[0].shape[0], m[1]) for m in made])
        value, grads, scalars = of_embeddings(self.objective, z, self.wrt, self.parameters)
        totals: dict[str, np.ndarray | None] = {}
        for part, g, pullbacks in zip(self.parts, grads, backs, strict=True):
            start = 0
            for rows, back in pullbacks:
                found = back(g[start : start + rows, ...])
                start += rows
                for name, leaf in leaves(found, self._name(part.encoder)):
                    totals[name] = _plus(totals.get(name), leaf)
        return arrays.to_float64(value), totals | self._scalars(scalars)

    def chunked(self) -> Outcome:
        """Value and gradients of the step in chunks."""
        self.seed(0)
        value, grads = chunked_step(
            self.objective,
            [part.encoder for part in self.parts],
            self.batches,
            chunk_size=self.chunk_size,
            wrt=self.wrt,
            generators=self.generators,
            **self.parameters,
        )
        found: dict[str, np.ndarray | None] = {}
        for part, tree in zip(self.parts, grads.params, strict=True):
            found |= {n: _plus(None, leaf) for n, leaf in leaves(tree, self._name(part.encoder))}
        return arrays.to_float64(value), found | self._scalars(grads[1:])

    def hints(self) -> Iterator[str]:
        """Possible causes of a difference."""
        return iter(())

    def _name(self, encoder: Callable[..., Any]) -> str:
        """Name of an encoder, by its first position."""
        first = next(k for k, part in enumerate(self.parts) if part.encoder is encoder)
        return f"encoders[{first}]"

    def _scalars(self, scalars: Sequence[Any]) -> dict[str, np.ndarray | None]:
        return {n: arrays.to_float64(s) for n, s in zip(self.wrt, scalars, strict=True)}


def _plus(total: np.ndarray | None, leaf: Any) -> np.ndarray | None:
    if leaf is None:
        return total
    return arrays.to_float64(leaf) if total is None else total + arrays.to_float64(leaf)

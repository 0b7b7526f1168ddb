"""Samples in consecutive blocks."""

from collections.abc import Sequence
from typing import Any

from polycontrast.arrays import Array, is_mapped, loaded, namespace


class Partition:
    """Blocks of nearly equal size; cuts arrays (views, samples, ...) and joins what was cut.

    Within a block the views of its samples lie one after another, as rows of one matrix.
    """

    def __init__(self, length: int, size: int):
        self.bounds = [(a, min(a + size, length)) for a in range(0, length, size)]

    def __len__(self) -> int:
        return len(self.bounds)

    def __getitem__(self, k: int) -> tuple[int, int]:
        return self.bounds[k]

    def cut(self, t: Array) -> Sequence[Array]:
        """Blocks (views * samples, ...) of an array (views, samples, ...)."""
        blocks = _Blocks(t, self.bounds)
        return blocks if is_mapped(t) else [blocks[k] for k in range(len(self.bounds))]

    def join(self, parts: list[Array], shape: tuple[int, ...]) -> Array:
        """Array of that shape, whose samples come from blocks as `cut` makes them."""
        xp, rest = namespace(parts[0]), tuple(parts[0].shape[1:])
        blocks: list[Any] = [
            xp.reshape(part, (-1, b - a, *rest))
            for part, (a, b) in zip(parts, self.bounds, strict=True)
        ]
        return xp.reshape(blocks[0] if len(blocks) == 1 else xp.concat(blocks, axis=1), shape)


class _Blocks(Sequence[Array]):
    """Blocks of an array, each made when it is asked for: together they may exceed the memory."""

    def __init__(self, t: Array, bounds: list[tuple[int, int]]):
        self.t, self.bounds = loaded(t), bounds

    def __len__(self) -> int:
        return len(self.bounds)

    def __getitem__(self, k: Any) -> Array:
        a, b = self.bounds[k]
        return namespace(self.t).reshape(self.t[:, a:b, ...], (-1, *self.t.shape[2:]))

"""Samples in consecutive blocks."""

from typing import Any

from polycontrast.arrays import Array, namespace


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

    def cut(self, t: Array) -> list[Array]:
        """Blocks (views * samples, ...) of an array (views, samples, ...)."""
        xp, rest = namespace(t), tuple(t.shape[2:])
        return [xp.reshape(t[:, a:b, ...], (-1, *rest)) for a, b in self.bounds]

    def join(self, parts: list[Array], shape: tuple[int, ...]) -> Array:
        """Array of that shape, whose samples come from blocks as `cut` makes them."""
        xp, rest = namespace(parts[0]), tuple(parts[0].shape[1:])
        blocks: list[Any] = [
            xp.reshape(part, (-1, b - a, *rest))
            for part, (a, b) in zip(parts, self.bounds, strict=True)
        ]
        return xp.reshape(blocks[0] if len(blocks) == 1 else xp.concat(blocks, axis=1), shape)

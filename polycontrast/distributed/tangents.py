"""A communicator for arrays that carry a tangent: each message has both, on any engine."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from polycontrast.arrays import Array, boxed, dual, namespace
from polycontrast.distributed.communicator import Communicator, Pending


class WithTangents(Communicator):
    """A communicator of `DualArray`, which sends values and tangents through another one.

    Every array of real numbers is sent with a tangent, also where it is zero. So what is sent does
    not depend on the samples of a rank.

    Parameters
    ----------
    comm : Communicator
    """

    def __init__(self, comm: Communicator):
        self.comm = comm
        self.rank, self.size, self.traced = comm.rank, comm.size, comm.traced
        if not comm.traced:
            self.ledger = comm.ledger

    def gather(self, numbers: Sequence[float]) -> np.ndarray:
        """The same: numbers have no tangent."""
        return self.comm.gather(numbers)

    def sum(self, t: Any) -> Array:
        """Sum over the ranks, of the tangents as well."""
        return _joined([t], map(self.comm.sum, _parts(t)))[0]

    def max(self, t: Any) -> Array:
        """Largest over the ranks, with the mean tangent of the ranks that have it."""
        value, tangent = boxed(t.value), _tangent(t)
        largest = boxed(self.comm.max(value))
        if tangent is None:
            return dual(largest)
        xp = namespace(largest)
        holds = xp.asarray(value == largest)
        count = self.comm.sum(xp.astype(holds, largest.dtype))
        total = self.comm.sum(xp.where(holds, tangent, xp.zeros_like(tangent)))
        return dual(largest, total / count)  # no rank holds a nan: its tangent is nan too

    def shift(self, arrays: Sequence[Any], shapes: Sequence[tuple[int, ...]], by: int) -> Pending:
        """Values and tangents in one exchange."""
        each = [_parts(x) for x in arrays]
        sizes = [shape for parts, shape in zip(each, shapes, strict=True) for _ in parts]
        pending = self.comm.shift([part for parts in each for part in parts], sizes, by)
        return Pending(lambda: _joined(arrays, pending.wait()))


def _tangent(t: Any) -> Array | None:
    """Tangent of an array of real numbers, also where it is zero; None for other arrays."""
    value = boxed(t.value)
    xp = namespace(value)
    if not xp.isdtype(value.dtype, "real floating"):
        return None
    return xp.zeros_like(value) if t.tangent is None else boxed(t.tangent)


def _parts(t: Any) -> list[Array]:
    """The value and, of real numbers, the tangent."""
    tangent = _tangent(t)
    value = boxed(t.value)
    return [value] if tangent is None else [value, tangent]


def _joined(like: Sequence[Any], parts: Iterable[Array]) -> list[Array]:
    """Dual arrays from values and tangents, in the order of `_parts` of these arrays."""
    stream = map(boxed, parts)
    return [dual(*(next(stream) for _ in _parts(t))) for t in like]

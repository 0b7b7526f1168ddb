"""Places in rows that a list names."""

import numpy as np

from polycontrast.arrays.namespaces import Array, device, is_numpy, namespace


def is_listed(index: Array, start: int, stop: int) -> Array:
    """Whether a row (n, P) of integers holds each number from `start` to `stop` - 1, (n, m)."""
    xp = namespace(index)
    if is_numpy(xp):
        place = index - start
        rows, entries = np.nonzero((place >= 0) & (place < stop - start))
        found = np.zeros((index.shape[0], stop - start), dtype=bool)
        found[rows, place[rows, entries]] = True
        return found
    numbers = xp.arange(start, stop, dtype=index.dtype, device=device(index))[None, :]
    found = index[:, :1] == numbers
    for k in range(1, index.shape[1]):
        found = found | (index[:, k : k + 1] == numbers)
    return found

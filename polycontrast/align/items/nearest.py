"""The nearest rows of one matrix for each row of another, by cosine."""

from collections.abc import Callable, Iterator
from numbers import Integral
from typing import Any

import numpy as np

from polycontrast.align.errors import BadInput
from polycontrast.align.inputs import check_finite, floating
from polycontrast.align.streams import StreamedRows
from polycontrast.arrays import is_array, to_numpy
from polycontrast.calculus import unit_rows
from polycontrast.wording import short

QUERIES, CANDIDATES = 4096, 1024  # rows of a tile of similarities: 16 MiB in float32


def nearest(
    queries: Any,
    candidates: Any,
    k: int = 10,
    *,
    watch: Callable[[int, int], object] = lambda done, total: None,
) -> tuple[np.ndarray, np.ndarray]:
    r"""The `k` rows of one matrix with the highest cosines, for each row of another; exact.

    .. math:: \cos(x, y) = \frac{\langle x, y \rangle}{|x|\,|y|}

    Parameters
    ----------
    queries : array (Q, D)
        Of any array library and any real dtype.
    candidates : array (N, D)
    k : int, default 10
        Between 1 and N.
    watch : callable, optional
        Gets the number of tiles that are done, and of all tiles.

    Returns
    -------
    rows : ndarray (Q, k) of int64
        Row numbers of candidates, the nearest first; equal cosines in the order of the rows.
    cosines : ndarray (Q, k)
        In float64 where `queries` and `candidates` are, else in float32.

    Raises
    ------
    BadInput
        For other shapes, a `k` outside its interval, or an entry that is not finite.

    Notes
    -----
    Q N D multiplications in tiles, and memory O((Q + N) k) plus one tile; no Q x N matrix exists.
    The cosine of a row of zeros is 0.

    Examples
    --------
    >>> import numpy as np
    >>> from polycontrast.align import nearest
    >>> rows, cosines = nearest(np.eye(3), np.array([[0.0, 2.0, 0.0], [3.0, 4.0, 0.0]]), k=1)
    >>> rows.tolist(), cosines.tolist()
    ([[1], [0], [0]], [[0.6], [1.0], [0.0]])
    """
    _check(queries, candidates, k)
    kinds = [floating(to_numpy(_block(x, 0, 1))).dtype for x in (queries, candidates)]
    dtype = np.float64 if all(kind == np.float64 for kind in kinds) else np.float32
    total = -(-len(queries) // QUERIES) * -(-len(candidates) // CANDIDATES)
    numbers = np.empty((len(queries), k), dtype=np.int64)
    cosines = np.empty((len(queries), k), dtype=dtype)
    done = 0
    for start, x in _tiles("queries", queries, QUERIES, dtype):
        best, rows = np.empty((len(x), 0), dtype=dtype), np.empty((len(x), 0), dtype=np.int64)
        for first, y in _tiles("candidates", candidates, CANDIDATES, dtype):
            watch(done, total)
            best, rows = _merged(best, rows, x @ y.T, first, k)
            done += 1
        cosines[start : start + len(x)], numbers[start : start + len(x)] = best, rows
    watch(total, total)
    return numbers, cosines


def _check(queries: Any, candidates: Any, k: int) -> None:
    for name, x in (("queries", queries), ("candidates", candidates)):
        if not (is_array(x) or isinstance(x, StreamedRows)) or x.ndim != 2 or 0 in x.shape:
            got = tuple(x.shape) if hasattr(x, "shape") else type(x).__name__
            raise BadInput(f"nearest: {name} must be an array (rows, columns); got {got}")
    if queries.shape[1] != candidates.shape[1]:
        raise BadInput(
            "nearest: queries and candidates must have equally many columns; got "
            f"{queries.shape[1]} and {candidates.shape[1]}"
        )
    is_whole = isinstance(k, Integral) and not isinstance(k, bool)
    if not is_whole or not 1 <= k <= candidates.shape[0]:
        raise BadInput(
            f"nearest: k must be an integer from 1 to {candidates.shape[0]}, the number of "
            f"candidates; got {short(k)}"
        )


def _block(x: Any, start: int, stop: int) -> Any:
    return x.read(start, stop) if isinstance(x, StreamedRows) else x[start:stop, :]


def _tiles(name: str, x: Any, step: int, dtype: Any) -> Iterator[tuple[int, np.ndarray]]:
    """Blocks of rows of unit length, each with the number of its first row."""
    for start in range(0, x.shape[0], step):
        rows = floating(to_numpy(_block(x, start, min(start + step, x.shape[0]))))
        check_finite(f"nearest: {name} from row {start} on", rows)
        yield start, unit_rows(rows)[0].astype(dtype)


def _merged(
    best: np.ndarray, rows: np.ndarray, S: np.ndarray, first: int, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """The highest k of those so far and of a tile, in order, with their rows."""
    if best.shape[1] == 0:
        columns = highest(S, k)
        return np.take_along_axis(S, columns, 1), first + columns
    held = best.shape[1]
    better = best[:, -1:] < S if held == k else np.ones(S.shape, dtype=bool)
    some = np.flatnonzero(better.any(axis=1))
    if len(some):
        scores, numbers = _gathered(S[some], better[some])
        both = np.concatenate([best[some], scores], axis=1)
        ids = np.concatenate([rows[some], first + numbers], axis=1)
        columns = highest(both, k)
        both, ids = np.take_along_axis(both, columns, 1), np.take_along_axis(ids, columns, 1)
        if held < k:
            return both, ids
        best[some], rows[some] = both, ids
    return best, rows


def _gathered(S: np.ndarray, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Chosen entries of each row and their columns, in order; -inf where a row has fewer."""
    counts = chosen.sum(axis=1)
    at, columns = np.nonzero(chosen)
    place = np.arange(len(at)) - np.repeat(np.cumsum(counts) - counts, counts)
    scores = np.full((len(S), counts.max()), -np.inf, dtype=S.dtype)
    numbers = np.zeros(scores.shape, dtype=np.int64)
    scores[at, place], numbers[at, place] = S[at, columns], columns
    return scores, numbers


def highest(S: np.ndarray, k: int) -> np.ndarray:
    """Columns of the highest k of each row, in falling order; equals in the order of columns."""
    if S.shape[1] > k:
        least = np.partition(S, -k, axis=1)[:, -k, None]
        above, level = least < S, least == S
        left = k - above.sum(axis=1, keepdims=True)
        kept = above | (level & (np.cumsum(level, axis=1, dtype=np.int32) <= left))
        columns = np.nonzero(kept)[1].reshape(len(S), k)
    else:
        columns = np.broadcast_to(np.arange(S.shape[1]), S.shape)
    order = np.argsort(-np.take_along_axis(S, columns, 1), axis=1, kind="stable")
    return np.take_along_axis(columns, order, 1)

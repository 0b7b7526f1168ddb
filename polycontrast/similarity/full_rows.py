"""Whole rows of similarities, for losses that sort, rank or mine among all pairs of an anchor."""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, NamedTuple

from polycontrast.arrays import (
    Array,
    added_up,
    device,
    in_chunks,
    inner,
    is_abstract,
    is_numpy,
    joined,
    loaded,
    matmul,
    namespace,
    on_accelerator,
    share,
    sharing,
    transpose,
)
from polycontrast.context import current_settings, note_comparison, note_plan, whole_batch
from polycontrast.similarity.tiles.plan import SHARED_BYTES, plan_of_rows
from polycontrast.similarity.walks.eager import given_once

ReadRows = Callable[..., tuple[Any, Callable[[Any], Any]]]
"""From a block of scores (b, N) and further arrays to results (b, ...) and their pullback."""


class RowsGradients(NamedTuple):
    """Gradients of the arrays of `full_rows`."""

    x: Array
    y: Array
    """Of the columns; it is added to that of x where both are the same array."""
    scale: Array
    beside: tuple[Array | None, ...]
    columns: tuple[Array | None, ...]
    shared: tuple[Array | None, ...]


def full_rows(
    x: Array,
    y: Array,
    scale: Array,
    read: ReadRows,
    beside: Sequence[Array] = (),
    columns: Sequence[Array] = (),
    shared: Sequence[Array] = (),
    *,
    what: str = "rows",
    everywhere: bool = False,
    ahead: Any = None,
    product: Callable[[Array, Array], Array] | None = None,
) -> tuple[Any, Callable[[Any], RowsGradients]]:
    """Read the matrix ``S = scale x y^T`` by blocks of whole rows.

    All is kept for the gradient where it fits the budget. Else blocks are computed one after
    another, and computed again for the gradient, in O(b N) memory for blocks of b rows. Where ranks
    share a batch, the columns of all of them are sent to every rank.

    Parameters
    ----------
    x : array (B, D)
    y : array (N, D)
        It may be `x` itself.
    scale : 0-d array
    read : ReadRows
        Called as ``read(S, *beside, *columns, *shared)`` with a block of scores (b, N), the parts
        of `beside` that belong to its rows, and all of the others. It returns an array (b, ...), or
        a tuple of such arrays, and its pullback. The pullback takes the cotangent in the same form.
        It returns dL/dS, or a tuple of dL/dS and of the gradients of the further arrays in their
        order; None, or the end of the tuple, means that an array has no gradient.
    beside : sequence of array (B, ...)
    columns : sequence of array (N, ...)
        Arrays of the columns, which ranks gather along with `y`.
    shared : sequence of array
        Arrays of any shape, equal on all ranks.
    what : str, default "rows"
        Name of the matrix in a printed plan.
    everywhere : bool, default False
        Where ranks share a batch: `y` and `columns` are the same on all of them.
    ahead : optional
        Cotangent that `back` will certainly get: each block is then computed once, and not kept.
    product : callable, optional
        From rows (b, D) and columns (N, D) to their products (b, N), in place of a matrix product.

    Returns
    -------
    out : array (B, ...), or tuple of array
    back : callable
        From dL/dout to `RowsGradients`. Those of `shared`, of `scale`, and of `y` and `columns` if
        they are `everywhere`, are the parts of the rows of this rank.
    """
    batch = whole_batch()
    if not everywhere:
        y, *columns = batch.gathered([y, *columns])
    xp, settings = namespace(x), current_settings()
    sizes = x.shape[0], y.shape[0], x.shape[1], xp.finfo(x.dtype).bits // 8
    kinds = is_numpy(xp), on_accelerator(x), ahead is not None
    plan = plan_of_rows(what, *sizes, settings, *kinds)
    note_comparison()
    note_plan(plan)
    others = (*columns, *shared)
    counts = len(beside), len(columns), len(shared)

    def read_block(a: Array, *parts: Array) -> tuple[Any, Callable[[Any], Any]]:
        if is_abstract(a):  # the plan counts the product
            S = xp.zeros((a.shape[0], y.shape[0]), dtype=a.dtype, device=device(a))
        elif product is not None:
            S = product(scale * loaded(a), loaded(y))
        else:
            S = matmul(scale * loaded(a), transpose(loaded(y)))
        return _shared_read(read, S, parts, others)

    def pulled(a: Array, grads: Any) -> tuple[Any, Any]:
        """Gradients of the rows of a block, and parts of those that all blocks add to."""
        dS, *rest = grads if isinstance(grads, tuple) else (grads,)
        rest += [None] * (sum(counts) - len(rest))
        if is_abstract(a):
            on_rows, on_columns = a, y
        else:
            on_rows, on_columns = matmul(dS, loaded(y)), scale * matmul(transpose(dS), loaded(a))
        split = counts[0]
        totals = (on_columns, inner(a, on_rows), *rest[split:])
        return (scale * on_rows, *rest[:split]), totals

    def gradients(parts: Any, totals: Any) -> RowsGradients:
        on_columns, on_scale, *rest = totals
        split = counts[1]
        home = [on_columns, *rest[:split]]
        if not everywhere:
            home = [None if t is None else batch.returned(t) for t in home]
        beside_and_others = tuple(parts[1:]), tuple(home[1:]), tuple(rest[split:])
        return RowsGradients(parts[0], home[0], on_scale, *beside_and_others)

    if plan.keep or is_abstract(x):
        out, pull = read_block(x, *beside)
        return out, lambda g: gradients(*pulled(x, pull(g)))

    def value(a: Array, *parts: Array) -> Any:
        return read_block(a, *parts)[0]

    def both(a: Array, *given: Array) -> tuple[Any, Any]:
        """Results and gradients of a block, whose cotangents are among what is given."""
        out, pull = read_block(a, *given[: counts[0]])
        g = given[counts[0] :]
        parts, totals = pulled(a, pull(g if isinstance(out, tuple) else g[0]))
        return (out, parts), totals

    def all_of_both(g: Any) -> tuple[Any, Any]:
        g = g if isinstance(g, tuple) else (g,)
        (out, parts), totals = in_chunks(both, (x, *beside, *g), plan.tile[0], totals=True)
        return out, gradients(parts, totals)

    if ahead is not None:
        out, found = all_of_both(ahead)
        return out, given_once(found, lambda: all_of_both(ahead)[1])
    return in_chunks(value, (x, *beside), plan.tile[0]), lambda g: all_of_both(g)[1]


def numbers_of_samples(x: Array) -> tuple[Array, Array]:
    """Numbers in the whole batch of the rows of `x` (B, ...), and of all samples.

    Where they are equal, a row of `full_rows` meets its own column.
    """
    xp, batch = namespace(x), whole_batch()
    form = dict(dtype=xp.int32, device=device(x))
    count = x.shape[0]
    return batch.start() + xp.arange(count, **form), xp.arange(batch.samples(count), **form)


def _shared_read(
    read: ReadRows, S: Array, beside: Sequence[Array], others: Sequence[Array]
) -> tuple[Any, Callable[[Any], Any]]:
    """Results of `read`; workers share the rows of a NumPy array, always in the same parts."""
    rows = S.shape[0]
    numpy = is_numpy(namespace(S)) and not is_abstract(S)
    size = max(1, SHARED_BYTES // (S.shape[1] * S.dtype.itemsize)) if numpy else rows
    if rows <= size:
        return read(S, *beside, *others)
    parts = [slice(i, min(i + size, rows)) for i in range(0, rows, size)]

    def shared(body: Callable[[int], Any]) -> list[Any]:
        found: list[Any] = [None] * len(parts)

        def do(k: int) -> None:
            found[k] = body(k)

        share(do, range(len(parts)), sharing() or 1)
        return found

    def read_part(k: int) -> tuple[Any, Callable[[Any], Any]]:
        return read(S[parts[k], :], *(loaded(t)[parts[k], ...] for t in beside), *others)

    outs, pulls = zip(*shared(read_part), strict=True)
    several = isinstance(outs[0], tuple)

    def pull(g: Any) -> Any:
        def pull_part(k: int) -> Any:
            own = tuple(t[parts[k], ...] for t in (g if several else (g,)))
            grads = pulls[k](own if several else own[0])
            return grads if isinstance(grads, tuple) else (grads,)

        found = shared(pull_part)
        of_rows = 1 + len(beside)
        on_rows = joined([grads[:of_rows] for grads in found])
        return (*on_rows, *reduce(added_up, (grads[of_rows:] for grads in found)))

    return joined(outs), pull

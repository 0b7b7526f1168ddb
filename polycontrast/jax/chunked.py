"""A training step on a large batch whose encoders run in chunks (GradCache, BASIC), under jit."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
from jax import lax
from jax import numpy as jnp

from polycontrast.adapters.jax.replication import summed_by_jax
from polycontrast.adapters.jax.tracers import concerns
from polycontrast.chunked import (
    EmbeddingArguments,
    Part,
    grads_type,
    named,
    of_embeddings,
    read_parts,
    registered,
    take,
)

Tree = Any


def chunked_step(
    objective: Callable[..., Any],
    encoders: Callable[..., Any] | Sequence[Callable[..., Any]],
    params: Tree,
    batches: Sequence[Tree],
    *,
    chunk_size: int | Sequence[int],
    key: jax.Array | None = None,
    wrt: str | Sequence[str] = (),
    **parameters: Any,
) -> tuple[jax.Array, Any]:
    """Loss of a batch and its full gradient, with the activations of one chunk at a time.

    Every batch is first encoded chunk by chunk. Then the loss and its gradient with respect to all
    embeddings are computed once. Then every chunk is encoded again, and its ``jax.vjp`` maps its
    rows of that gradient to the parameters. Under ``jax.jit`` both passes are loops of
    ``lax``, so the temporaries are those of one chunk. Without ``jit`` they are loops of Python.

    Parameters
    ----------
    objective : Objective or callable
        A registered objective, whose gradient is computed in closed form. Or any function of the
        embeddings, as positional arguments, that returns a 0-d loss. Its gradient is computed by
        ``jax.vjp``.
    encoders : callable or sequence of callables
        One for all batches or one per batch. Each is ``encode(params, chunk)``, or
        ``encode(params, chunk, key)`` if a `key` is given. It returns one array with one row per
        row of its chunk.
    params : pytree
        Floating arrays. With a sequence of encoders, a list or tuple has the parameters of each
        encoder. Any other pytree has the parameters of all of them.
    batches : sequence of pytrees
        One batch per set of embeddings. Arrays in it are split along axis 0.
    chunk_size : int or sequence of int
        Rows per chunk, for all batches or for each batch. It need not divide the batch.
    key : jax.Array, optional
        Random key. It is split into one key per chunk, which both passes use.
    wrt : str or sequence of str, optional
        Further parameters of the objective to differentiate, such as ``"temperature"``.
    **parameters
        Parameters of the objective; arrays may be traced.

    Returns
    -------
    value : jax.Array
        The loss, 0-d.
    grads : named tuple
        ``grads.params`` has the structure of `params`. If one object occurs several times among the
        parameters of the encoders, each of its positions has the sum. There is one more field per
        name in `wrt`.

    Notes
    -----
    Samples must not depend on one another within an encoder, because batch statistics differ from
    chunk to chunk. Gradients in half precision are summed over the chunks in float32.

    Examples
    --------
    >>> import jax, polycontrast as pc
    >>> from polycontrast.jax import chunked_step
    >>> params = {"w": jax.random.normal(jax.random.key(0), (5, 3))}
    >>> x, y = jax.random.normal(jax.random.key(1), (2, 8, 5))
    >>> def encode(params, chunk):
    ...     return chunk @ params["w"]
    >>> @jax.jit
    ... def step(params, temperature, x, y):
    ...     return chunked_step(
    ...         pc.info_nce, encode, params, [x, y],
    ...         chunk_size=3, wrt="temperature", temperature=temperature,
    ...     )
    >>> value, grads = step(params, 0.1, x, y)
    >>> grads.params["w"].shape, grads.temperature.shape
    ((5, 3), ())
    """
    flat = [_by_path(batch) for batch in _listed(batches)]
    trees = [jax.tree.structure(batch) for batch in _listed(batches)]
    parts, wrt = read_parts(encoders, flat or batches, chunk_size), named(wrt)
    own = parameters_of(encoders, params, len(parts))
    for tree in own:
        _check_floating(tree)
    runs = [
        _Run(part, tree, theirs, keys)
        for part, tree, theirs, keys in zip(parts, trees, own, split_key(key, parts), strict=True)
    ]
    embeddings = [run.encode() for run in runs]
    value, cotangents, scalars = value_and_gradient(objective, embeddings, wrt, parameters)
    totals: dict[int, Tree] = {}
    for run, g in zip(runs, cotangents, strict=True):
        found, place = run.pull(g), id(run.params)
        totals[place] = jax.tree.map(jnp.add, totals[place], found) if place in totals else found
    each = [jax.tree.map(_as, totals[id(theirs)], theirs) for theirs in own]
    return value, grads_type(wrt)(each[0] if own[0] is params else type(params)(each), *scalars)


class _Run:
    """The run of an encoder on its batch: equal chunks in a loop, and then the remaining rows.

    The loop is one of ``lax`` where something is traced. Without tracing it would be compiled anew
    in each call, so all chunks are then remaining rows.
    """

    def __init__(self, part: Part, tree: Any, params: Tree, keys: jax.Array | None):
        self.part, self.tree, self.params, self.keys = part, tree, params, keys
        start, stop = part.spans[0]
        self.size = stop - start
        traced = concerns(jax.tree.leaves((part.batch, params, keys)))
        self.whole = sum(stop - start == self.size for start, stop in part.spans) if traced else 0
        self.rest = list(enumerate(part.spans))[self.whole :]

    def _encode(self, params: Tree, chunk: dict[str, Any], k: int | jax.Array) -> jax.Array:
        """Embeddings of chunk `k`."""
        batch = jax.tree.unflatten(self.tree, chunk.values())
        given = () if self.keys is None else (self.keys[k],)
        z = self.part.encoder(params, batch, *given)
        rows = next(v.shape[0] for v in chunk.values() if getattr(v, "ndim", 0))
        self.part.check(z, rows)
        return z

    def _chunk(self, k: jax.Array) -> dict[str, Any]:
        return {name: self._rows(value, k) for name, value in self.part.batch.items()}

    def _rows(self, value: Any, k: jax.Array) -> Any:
        if not getattr(value, "ndim", 0):
            return value
        return lax.dynamic_slice_in_dim(jnp.asarray(value), k * self.size, self.size)

    def encode(self) -> jax.Array:
        """Embeddings of all rows, without the activations."""
        found = []
        if self.whole:
            chunks = jnp.arange(self.whole)
            z = lax.map(lambda k: self._encode(self.params, self._chunk(k), k), chunks)
            found.append(jnp.reshape(z, (self.whole * self.size, *z.shape[2:])))
        for k, span in self.rest:
            found.append(self._encode(self.params, take(self.part.batch, *span), k))
        return jnp.concatenate(found)

    def pull(self, g: jax.Array) -> Tree:
        """Gradient of the parameters for a cotangent of all embeddings."""

        def body(total: Tree, k: jax.Array) -> tuple[Tree, None]:
            back = jax.vjp(lambda p: self._encode(p, self._chunk(k), k), self.params)[1]
            return jax.tree.map(_plus, total, back(self._rows(g, k))[0]), None

        total = jax.tree.map(lambda p: jnp.zeros_like(p, dtype=_summing_dtype(p)), self.params)
        if self.whole:
            total, _ = lax.scan(body, total, jnp.arange(self.whole))
        for k, (start, stop) in self.rest:
            chunk = take(self.part.batch, start, stop)
            arrays = {name: value for name, value in chunk.items() if getattr(value, "ndim", 0)}
            if self.whole:
                # XLA would keep the activations of the first pass for reuse here.
                arrays, g = lax.optimization_barrier((arrays, g))
            last = chunk | arrays
            back = jax.vjp(lambda p, last=last, k=k: self._encode(p, last, k), self.params)[1]
            total = jax.tree.map(_plus, total, back(g[start:stop])[0])
        return total


def value_and_gradient(
    objective: Any, embeddings: list[jax.Array], wrt: tuple[str, ...], parameters: dict[str, Any]
) -> tuple[jax.Array, Sequence[jax.Array], tuple[jax.Array, ...]]:
    """Value and gradients, in closed form for an objective, else by ``jax.vjp``."""
    inner = registered(objective)
    # JAX sums over devices only in gradients that it computes itself.
    summed = inner is not None and summed_by_jax(parameters.get("comm"), embeddings)
    if not summed and (inner is objective or hasattr(objective, "value_and_grad")):
        return of_embeddings(objective, embeddings, wrt, parameters)

    def loss(z: list[jax.Array], learnable: dict[str, Any]) -> jax.Array:
        others = parameters | learnable
        if inner is None:
            return objective(*z, **others)
        return objective(**EmbeddingArguments(inner, len(z), others).fill(z), **others)

    missing = [name for name in wrt if name not in parameters]
    if missing:
        raise ValueError(f"chunked_step: {missing[0]} in wrt must be given as a parameter")
    learnable = {name: jnp.asarray(parameters[name]) for name in wrt}
    value, back = jax.vjp(loss, embeddings, learnable)
    if value.ndim != 0:
        raise ValueError(f"chunked_step: the objective must return a 0-d loss, got {value.shape}")
    grads, scalars = back(jnp.ones_like(value))
    return value, grads, tuple(scalars[name] for name in wrt)


def parameters_of(encoders: Any, params: Tree, count: int) -> list[Tree]:
    """Parameters of each encoder; a named tuple is the parameters of one encoder."""
    several = isinstance(params, (list, tuple)) and not hasattr(params, "_fields")
    if not (several and isinstance(encoders, (list, tuple))):
        return [params] * count
    if len(params) != count:
        raise ValueError(
            "chunked_step: params must be one pytree or one for each of the "
            f"{count} encoders, got {len(params)}"
        )
    return list(params)


def _listed(batches: Any) -> Sequence[Any]:
    """The batches, or an empty list if they are not in a list, which `read_parts` refuses."""
    return batches if isinstance(batches, (list, tuple)) else []


def _by_path(batch: Tree) -> dict[str, Any]:
    leaves = jax.tree_util.tree_leaves_with_path(batch)
    return {jax.tree_util.keystr(path): leaf for path, leaf in leaves}


def split_key(key: jax.Array | None, parts: list[Part]) -> list[jax.Array | None]:
    """One key per chunk, with the batches in order."""
    if key is None:
        return [None] * len(parts)
    keys, split, start = jax.random.split(key, sum(len(p.spans) for p in parts)), [], 0
    for part in parts:
        split.append(keys[start : start + len(part.spans)])
        start += len(part.spans)
    return split


def _check_floating(params: Tree) -> None:
    for path, leaf in jax.tree_util.tree_leaves_with_path(params):
        dtype = jnp.result_type(leaf)
        if not jnp.issubdtype(dtype, jnp.inexact):
            raise TypeError(
                f"chunked_step: params must be floating arrays, got {dtype} at "
                f"{jax.tree_util.keystr(path)}; bind constants to the encoder"
            )


def _summing_dtype(p: Any) -> Any:
    dtype = jnp.result_type(p)
    return jnp.float32 if jnp.finfo(dtype).bits < 32 else dtype


def _plus(total: jax.Array, g: jax.Array) -> jax.Array:
    return total + g.astype(total.dtype)


def _as(total: jax.Array, p: Any) -> jax.Array:
    return total.astype(jnp.result_type(p))

"""A training step whose encoders run in chunks, for encoders that return their own pullback."""

from collections.abc import Callable, Sequence
from typing import Any

from polycontrast import arrays
from polycontrast.chunked.arguments import comm_of
from polycontrast.chunked.batches import Part, call, count_rows, read_parts
from polycontrast.chunked.gradient import grads_type, named, of_embeddings
from polycontrast.objective import together

Embed = Callable[..., tuple[Any, Callable[[Any], Any]]]


def chunked_step(
    objective: Any,
    encoders: Embed | Sequence[Embed],
    batches: Sequence[Any],
    *,
    chunk_size: int | Sequence[int],
    wrt: str | Sequence[str] = (),
    generators: Sequence[Any] = (),
    **parameters: Any,
) -> tuple[Any, Any]:
    """Loss of a batch and its full gradient, with the activations of one chunk at a time.

    Every batch is first encoded chunk by chunk, and the pullbacks are discarded. Then the loss and
    its gradient with respect to all embeddings are computed once. Then every chunk is encoded
    again, and its pullback maps its rows of that gradient to the parameters. The step needs only
    the array library of the encoders.

    Parameters
    ----------
    objective : Objective
        A callable with a ``value_and_grad`` of the same form is also accepted.
    encoders : callable or sequence of callables
        One for all batches or one per batch; an encoder may occur several times. Each is
        ``embed(chunk) -> (embeddings, back)``. The embeddings are an array with one row per row of
        the chunk. `back` maps a cotangent of it to the gradient of the encoder's parameters: an
        array, or dicts, lists and tuples of arrays.
    batches : sequence
        One batch per set of embeddings: an array, a tuple or list (positional arguments of the
        encoder) or a mapping (keyword arguments). Arrays in it are split along axis 0. All other
        values are passed with every chunk.
    chunk_size : int or sequence of int
        Rows per chunk, for all batches or for each batch.
    wrt : str or sequence of str, optional
        Further parameters of the objective to differentiate, such as ``"temperature"``.
    generators : sequence of numpy.random.Generator or RandomState, optional
        Sources of the random numbers of the encoders. Both passes then draw the same numbers.
    **parameters
        Parameters of the objective.

    Returns
    -------
    value : 0-d array
    grads : named tuple
        ``grads.params`` is the gradient of the single encoder, or a tuple with one gradient per
        encoder. An encoder that occurs several times has the sum of its gradients at each of its
        positions. There is one more field per name in `wrt`.

    Examples
    --------
    A linear encoder, whose gradient is equal in chunks of 3 and in one chunk of 8:

    >>> import numpy as np, polycontrast as pc
    >>> from polycontrast.chunked import chunked_step
    >>> rng = np.random.default_rng(0)
    >>> w, x, y = rng.normal(size=(5, 3)), *rng.normal(size=(2, 8, 5))
    >>> def embed(chunk):
    ...     return chunk @ w, lambda g: {"w": chunk.T @ g}
    >>> step = dict(wrt="temperature", temperature=0.1)
    >>> value, grads = chunked_step(pc.info_nce, embed, [x, y], chunk_size=3, **step)
    >>> _, whole = chunked_step(pc.info_nce, embed, [x, y], chunk_size=8, **step)
    >>> bool(np.allclose(grads.params["w"], whole.params["w"], rtol=1e-10))
    True
    >>> grads.temperature.shape
    ()
    """
    embeddings, states = [], []
    with together("chunked_step", comm_of(objective, parameters)):
        parts, wrt = read_parts(encoders, batches, chunk_size), named(wrt)
        for part in parts:
            chunks, before = [], []
            for _, chunk in part.chunks():
                before.append([get_state(g) for g in generators])
                chunks.append(embed(part, chunk)[0])
            embeddings.append(arrays.namespace(chunks[0]).concat(chunks, axis=0))
            states.append(before)
    value, grads, scalars = of_embeddings(objective, embeddings, wrt, parameters)
    del embeddings

    after = [get_state(g) for g in generators]
    totals: dict[int, Any] = {}
    try:
        for part, before, g in zip(parts, states, grads, strict=True):
            key = id(part.encoder)
            for (span, chunk), earlier in zip(part.chunks(), before, strict=True):
                for generator, state in zip(generators, earlier, strict=True):
                    set_state(generator, state)
                back = embed(part, chunk)[1]
                found = back(g[span[0] : span[1], ...])
                totals[key] = add(totals[key], found) if key in totals else found
    finally:
        for generator, state in zip(generators, after, strict=True):
            set_state(generator, state)
    each = tuple(totals[id(part.encoder)] for part in parts)
    several = isinstance(encoders, (list, tuple))
    return value, grads_type(wrt)(each if several else each[0], *scalars)


def embed(part: Part, chunk: Any) -> tuple[Any, Callable[[Any], Any]]:
    """Embeddings of a chunk and their pullback, from an encoder that returns both."""
    found = call(part.encoder, chunk)
    if not (isinstance(found, tuple) and len(found) == 2 and callable(found[1])):
        got = type(found).__name__
        raise TypeError(
            f"chunked_step: the encoder of {part.name} must return (embeddings, back), got {got}"
        )
    part.check(found[0], count_rows(chunk, part.name))
    return found


def add(a: Any, b: Any) -> Any:
    """Sum of two gradients: arrays, or dicts, lists and tuples of them."""
    if isinstance(a, dict):
        return {key: add(a[key], b[key]) for key in a}
    if isinstance(a, tuple) and hasattr(a, "_fields"):
        return type(a)(*map(add, a, b))
    if isinstance(a, (list, tuple)):
        return type(a)(map(add, a, b))
    return None if a is None else a + b


def get_state(generator: Any) -> Any:
    """State of a `numpy.random.Generator` or `numpy.random.RandomState`."""
    if hasattr(generator, "bit_generator"):
        return generator.bit_generator.state
    return generator.get_state()


def set_state(generator: Any, state: Any) -> None:
    """Set the state that `get_state` returned."""
    if hasattr(generator, "bit_generator"):
        generator.bit_generator.state = state
    else:
        generator.set_state(state)

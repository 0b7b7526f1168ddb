"""Batches split along their rows: the rows of each chunk, and the part of a batch with them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from polycontrast import arrays

Span = tuple[int, int]


@dataclass(frozen=True)
class Part:
    """The source of one set of embeddings: an encoder, its batch, and the chunks of the batch.

    Parameters
    ----------
    name : str
        Name for messages: ``batches[k]``.
    encoder : callable
    batch : array, mapping, tuple or list
        Its arrays are split along axis 0. All other values in it are passed with every chunk.
    spans : list of (start, stop)
        Rows of each chunk.
    caller : str
        Name of the public function, for messages.
    """

    name: str
    encoder: Callable[..., Any]
    batch: Any
    spans: list[Span]
    caller: str = "chunked_step"

    def chunks(self) -> Iterator[tuple[Span, Any]]:
        """Span and part of the batch, chunk by chunk."""
        for span in self.spans:
            yield span, take(self.batch, *span)

    def check(self, embeddings: Any, rows: int) -> None:
        """Refuse a value that is not an array with one row per row of the chunk."""
        if not arrays.is_array(embeddings):
            got = f"got {arrays.describe(embeddings)}"
            raise TypeError(
                f"{self.caller}: the encoder of {self.name} must return one array, {got}"
            )
        if embeddings.ndim < 1 or embeddings.shape[0] != rows:
            got = f"got shape {tuple(embeddings.shape)}"
            raise ValueError(
                f"{self.caller}: the encoder of {self.name} must return {rows} rows for a chunk of "
                f"{rows}, {got}; only arrays are cut into chunks, lists of anything else are not"
            )


def read_parts(
    encoders: Any, batches: Any, chunk_size: int | Sequence[int], caller: str = "chunked_step"
) -> list[Part]:
    """Parts of one step; the arguments are those of `chunked_step`."""
    if not isinstance(batches, (list, tuple)) or not batches:
        got = arrays.describe(batches) if arrays.is_array(batches) else type(batches).__name__
        raise TypeError(
            f"{caller}: batches must be a list or tuple with one batch for each set of "
            f"embeddings, got {got}; a single one is [batch]"
        )
    count = len(batches)
    if callable(encoders) and not isinstance(encoders, (list, tuple)):
        encoders = [encoders] * count
    encoders = list(encoders) if isinstance(encoders, Iterable) else [encoders]
    for encoder in encoders:
        if not callable(encoder):
            got = arrays.describe(encoder)
            raise TypeError(f"{caller}: encoders must be callable, got {got}")
    if len(encoders) != count:
        raise ValueError(
            f"{caller}: encoders must be one callable or one for each batch, got "
            f"{len(encoders)} for {count} batches"
        )
    sizes = _chunk_sizes(chunk_size, count, caller)
    parts = []
    for k, (encoder, batch, size) in enumerate(zip(encoders, batches, sizes, strict=True)):
        rows = count_rows(batch, f"batches[{k}]", caller)
        spans = [(i0, min(i0 + size, rows)) for i0 in range(0, rows, size)]
        parts.append(Part(f"batches[{k}]", encoder, batch, spans, caller))
    return parts


def _chunk_sizes(chunk_size: int | Sequence[int], count: int, caller: str) -> list[int]:
    several = isinstance(chunk_size, (list, tuple))
    given: Any = chunk_size if several else [chunk_size] * count
    sizes = [arrays.plain(n) for n in given]
    whole = all(isinstance(n, int) and not isinstance(n, bool) and n > 0 for n in sizes)
    if not whole or len(sizes) != count:
        raise ValueError(
            f"{caller}: chunk_size must be a positive integer, or one for each of the "
            f"{count} batches, got {arrays.describe(chunk_size)}"
        )
    return sizes


def leaves(batch: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Name and value of everything in a batch that is not a container."""
    if isinstance(batch, Mapping):
        for key, value in batch.items():
            yield from leaves(value, f"{name}[{key!r}]")
    elif isinstance(batch, (list, tuple)):
        for k, value in enumerate(batch):
            yield from leaves(value, f"{name}[{k}]")
    else:
        yield name, batch


def count_rows(batch: Any, name: str, caller: str = "chunked_step") -> int:
    """Number of rows of a batch, equal for every array in it."""
    found: dict[str, int] = {}
    for leaf, value in leaves(batch, name):
        if arrays.is_container(value) and value.ndim > 0:
            found[leaf] = value.shape[0]
    if not found or 0 in found.values():
        raise ValueError(f"{caller}: {name} must hold an array with at least one row")
    first = next(iter(found))
    for leaf, rows in found.items():
        if rows != found[first]:
            raise ValueError(
                f"{caller}: all arrays of a batch must have the same number of rows, got "
                f"{first} {found[first]} and {leaf} {rows}; bind an array without rows of the "
                "batch to the encoder"
            )
    return found[first]


def take(batch: Any, start: int, stop: int) -> Any:
    """Rows of a batch, in the same containers."""
    return map_rows(batch, lambda x: x[start:stop, ...])


def map_rows(batch: Any, function: Callable[[Any], Any]) -> Any:
    """Apply a function to every array of a batch that has rows; other values are unchanged."""
    if isinstance(batch, Mapping):
        return {key: map_rows(value, function) for key, value in batch.items()}
    if isinstance(batch, tuple) and hasattr(batch, "_fields"):
        return type(batch)(*(map_rows(value, function) for value in batch))
    if isinstance(batch, (list, tuple)):
        return type(batch)(map_rows(value, function) for value in batch)
    return function(batch) if arrays.is_container(batch) and batch.ndim > 0 else batch


def call(encoder: Callable[..., Any], chunk: Any) -> Any:
    """Call an encoder: a mapping gives keyword arguments, a tuple or list positional ones."""
    if isinstance(chunk, Mapping):
        return encoder(**chunk)
    if isinstance(chunk, (list, tuple)):
        return encoder(*chunk)
    return encoder(chunk)

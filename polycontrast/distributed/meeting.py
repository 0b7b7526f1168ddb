"""The meeting of ranks before a call: all can take part, and all make the same call.

One small message from each to each. Only where something is wrong a second one tells what.
"""

import hashlib
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from polycontrast.arrays import Array, device, namespace
from polycontrast.distributed import buffers

Gather = Callable[[Sequence[float]], np.ndarray]

MOST_BYTES = 4000  # of what a rank tells
EXACT = 1 << 14  # bytes of an array whose checksum sees every permutation


class RankError(RuntimeError):
    """Raised where the ranks of a batch cannot make a call together."""


@dataclass(frozen=True)
class Part:
    """Something that must be the same on all ranks: what it is, its identity, how it is shown."""

    name: str
    identity: str
    shown: str


@dataclass(frozen=True)
class Call:
    """What a rank brings to a meeting.

    Parameters
    ----------
    parts : sequence of Part
        The first says which call it is.
    samples : int
    weight : float, optional
        Sum of the weights of these samples.
    """

    parts: Sequence[Part]
    samples: int
    weight: float | None = None


def digest(text: str | bytes) -> int:
    """Number of 48 bits, which a float64 holds."""
    data = text.encode() if isinstance(text, str) else text
    return int.from_bytes(hashlib.blake2b(data, digest_size=6).digest(), "big")


def checksum(x: Array) -> int:
    """Number that differs where arrays of one form hold other bits.

    Of a small array it is a digest of all bytes. Of a large one it is a digest of exact sums over
    each axis of a table of its words, which cost two passes through memory.
    """
    if buffers.is_empty(tuple(x.shape)):
        return 0
    flat = buffers.outgoing(x)
    if flat.shape[0] <= EXACT:
        return digest(buffers.in_main_memory(flat).tobytes())
    at_home = str(device(flat)) == "cpu"
    # Elsewhere in its own place, from a copy whose words are aligned, as some libraries need it.
    flat = buffers.in_main_memory(flat) if at_home else namespace(flat).asarray(flat, copy=True)
    xp, length = namespace(flat), flat.shape[0]
    width = math.isqrt(length // 8)
    end = length - length % (8 * width)
    table = xp.reshape(flat[:end].view(xp.int64), (-1, width))
    found = [xp.sum(table, axis=0), xp.sum(table, axis=1), flat[end:]]
    return digest(b"".join(buffers.in_main_memory(t).tobytes() for t in found))


def meet(gather: Gather, name: str, call: Call | None, failure: Exception | None) -> list[int]:
    """Hear of every rank how many samples it brings, and that all is well.

    Parameters
    ----------
    gather : callable
        Numbers of all ranks, from those of this one: `Communicator.gather`.
    name : str
        What errors begin with.
    call : Call or None
        None where `failure` is not.
    failure : Exception or None
        Why this rank cannot take part: the others are told, and the caller raises it.

    Returns
    -------
    list of int
        Samples of each rank.

    Raises
    ------
    RankError
        When another rank cannot take part or makes another call, or nobody brings a sample.
    ValueError
        When the weights of all ranks are zero.
    """
    text, samples, weight, identity = b"", 0, 1.0, 0
    if failure is not None:
        text = f"{type(failure).__name__}: {failure}".encode()[:MOST_BYTES]
    elif call is not None:
        identity = digest(json.dumps([(part.name, part.identity) for part in call.parts]))
        samples, weight = call.samples, 1.0 if call.weight is None else call.weight
    found = gather((samples, identity, failure is not None, weight))
    failed, calls = found[:, 2] != 0, found[:, 1]
    if failed.any() or (calls != calls[0]).any():
        if failure is None and call is not None and not failed.any():
            text = _described(call)
        texts = _gather_texts(gather, text)
        if failure is not None:
            return []
        if failed.any():
            first = int(failed.argmax())
            words = texts[first].decode(errors="replace")
            raise RankError(f"{name}: rank {first} could not take part: {words}")
        raise RankError(f"{name}: the ranks do not make the same call: {_differences(texts)}")
    if not found[:, 0].any():
        raise RankError(f"{name}: at least one rank must bring samples, got none on all of them")
    if (found[:, 3] == 0).all():
        raise ValueError(f"{name}: weights must not all be zero")
    return [int(n) for n in found[:, 0]]


def _gather_texts(gather: Gather, text: bytes) -> list[bytes]:
    lengths = gather([len(text)])[:, 0]
    padded = np.zeros(int(lengths.max()))
    padded[: len(text)] = np.frombuffer(text, dtype=np.uint8)
    rows = gather(list(padded)).astype(np.uint8)
    return [row[: int(n)].tobytes() for row, n in zip(rows, lengths, strict=True)]


def _described(call: Call) -> bytes:
    """Parts of a call as a rank tells them: as many as there is room for."""
    told: list[Any] = []
    for part in call.parts:
        told.append((part.name, digest(part.identity), part.shown[:100]))
        if len(json.dumps(told)) > MOST_BYTES:
            told.pop()
            break
    return json.dumps(told).encode()


def _differences(texts: list[bytes]) -> str:
    """What differs, and on which ranks."""
    calls = [{name: (bits, shown) for name, bits, shown in json.loads(text)} for text in texts]
    sentences = []
    for name in dict.fromkeys(name for call in calls for name in call):
        groups: dict[Any, list[int]] = {}
        for rank, call in enumerate(calls):
            groups.setdefault(call.get(name, (None, "missing")), []).append(rank)
        if len(groups) > 1:
            each = (f"{shown} on {_ranks(ranks)}" for (_, shown), ranks in groups.items())
            sentences.append(f"{name} is {', '.join(each)}")
            if name == next(iter(calls[0])):
                break  # other calls, which have nothing to compare
    return "; ".join(sentences)


def _ranks(ranks: list[int]) -> str:
    """Ranks in words, long lists cut short."""
    if len(ranks) > 8:
        return f"{len(ranks)} ranks from {ranks[0]} on"
    *many, last = map(str, ranks)
    return f"ranks {', '.join(many)} and {last}" if many else f"rank {last}"

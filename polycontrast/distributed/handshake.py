"""The handshake of ranks before a call, which checks that all of them make the same call.

Every rank sends one small message to every other rank. Only in case of an error, a second message
describes the error.
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

MOST_BYTES = 4000  # of the description of an error or a call
EXACT = 1 << 14  # most bytes of an array whose checksum is a digest of all of its bytes


class RankError(RuntimeError):
    """Raised when the ranks of a batch cannot make a call together."""


@dataclass(frozen=True)
class Part:
    """A property of a call that must be equal on all ranks: name, identity, and text for errors."""

    name: str
    identity: str
    shown: str


@dataclass(frozen=True)
class Call:
    """The description of a call that a rank sends in a handshake.

    Parameters
    ----------
    parts : sequence of Part
        The first one identifies the kind of call.
    samples : int
    weight : float, optional
        Sum of the weights of these samples.
    """

    parts: Sequence[Part]
    samples: int
    weight: float | None = None


def digest(text: str | bytes) -> int:
    """Number of 48 bits, which a float64 represents exactly."""
    data = text.encode() if isinstance(text, str) else text
    return int.from_bytes(hashlib.blake2b(data, digest_size=6).digest(), "big")


def checksum(x: Array) -> int:
    """Number that differs when arrays of one shape and dtype have different bits.

    For a small array it is a digest of all bytes. For a large array it is a digest of exact sums
    over each axis of a table of its 64-bit words, which costs two passes through memory.
    """
    if buffers.is_empty(tuple(x.shape)):
        return 0
    flat = buffers.outgoing(x)
    if flat.shape[0] <= EXACT:
        return digest(buffers.in_main_memory(flat).tobytes())
    at_home = str(device(flat)) == "cpu"
    # On a GPU the sums are computed there, from a copy, because some libraries need aligned words.
    flat = buffers.in_main_memory(flat) if at_home else namespace(flat).asarray(flat, copy=True)
    xp, length = namespace(flat), flat.shape[0]
    width = math.isqrt(length // 8)
    end = length - length % (8 * width)
    table = xp.reshape(flat[:end].view(xp.int64), (-1, width))
    found = [xp.sum(table, axis=0), xp.sum(table, axis=1), flat[end:]]
    return digest(b"".join(buffers.in_main_memory(t).tobytes() for t in found))


def compare_calls(
    gather: Gather, name: str, call: Call | None, failure: Exception | None
) -> list[int]:
    """Number of samples of every rank, after a check that all ranks make the same call.

    Parameters
    ----------
    gather : callable
        Takes the numbers of this rank and returns those of all ranks: `Communicator.gather`.
    name : str
        First word of errors.
    call : Call or None
        None if there is a `failure`.
    failure : Exception or None
        The error of this rank. It is sent to the others, and the caller raises it.

    Returns
    -------
    list of int
        Samples of each rank.

    Raises
    ------
    RankError
        When another rank has an error or makes another call, or no rank has a sample.
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
    """Parts of a call as a message: as many as fit into `MOST_BYTES`."""
    parts: list[Any] = []
    for part in call.parts:
        parts.append((part.name, digest(part.identity), part.shown[:100]))
        if len(json.dumps(parts)) > MOST_BYTES:
            parts.pop()
            break
    return json.dumps(parts).encode()


def _differences(texts: list[bytes]) -> str:
    """Sentence about the differences between calls, and their ranks."""
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
                break  # different kinds of calls have no parts to compare
    return "; ".join(sentences)


def _ranks(ranks: list[int]) -> str:
    """Ranks in words; long lists are shortened."""
    if len(ranks) > 8:
        return f"{len(ranks)} ranks from {ranks[0]} on"
    *many, last = map(str, ranks)
    return f"ranks {', '.join(many)} and {last}" if many else f"rank {last}"

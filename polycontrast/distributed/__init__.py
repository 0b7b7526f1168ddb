"""Ranks that share one batch: their messages, and the engines that send them."""

from polycontrast.distributed.communicator import Communicator, Pending
from polycontrast.distributed.find import WORLD, find
from polycontrast.distributed.handshake import Call, Part, RankError, checksum
from polycontrast.distributed.local import LocalGroup
from polycontrast.distributed.shards import ALONE, Alone, Shards

__all__ = [
    "ALONE",
    "Alone",
    "Call",
    "Communicator",
    "LocalGroup",
    "Part",
    "Pending",
    "RankError",
    "Shards",
    "WORLD",
    "checksum",
    "find",
]

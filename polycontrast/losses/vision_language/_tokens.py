"""The words of captions: their roles, and which of them count."""

from typing import Annotated, Any

from polycontrast.arrays import Array, namespace
from polycontrast.objective import Role, check_labels

_SCORES = "Scores of the V words at each of T places."
_WORDS = "The word at each place, from 0 to V - 1, or `ignore_index`."
TokenLogits = Annotated[Any, Role("rows", ("B T V",), about=_SCORES)]
Tokens = Annotated[Any, Role("rows", ("B T",), dtype="integral", about=_WORDS)]
IgnoreIndex = Annotated[int, Role("option", integer=True, about="Target of places to leave out.")]


def kept_places(logits: Array, targets: Array, ignore_index: int) -> Array:
    """True where a target counts; one that is neither a word nor `ignore_index` is refused."""
    xp = namespace(targets)
    info = xp.iinfo(targets.dtype)
    known = info.min <= ignore_index <= info.max  # else the dtype lacks the number
    kept = targets != ignore_index if known else targets == targets
    check_labels("targets", xp.where(kept, targets, xp.zeros_like(targets)), logits.shape[-1])
    return kept

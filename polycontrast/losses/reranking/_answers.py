"""Logits of the answers "yes" and "no" to the question whether a document is relevant."""

from collections.abc import Callable
from typing import Annotated, Any

from polycontrast.arrays import Array, device, infinite_to_nan, namespace
from polycontrast.calculus import cross_entropy
from polycontrast.objective import Role

_YES = 'Logit of the answer "yes" for each document of a query, of which the first is relevant.'
_NO = 'That of the answer "no".'
Yes = Annotated[Any, Role("rows", ("B 1+K",), about=_YES)]
No = Annotated[Any, Role("rows", ("B 1+K",), about=_NO)]


def signs(yes: Array) -> Array:
    """1 for the relevant document and -1 for the others, (1, 1 + K)."""
    xp = namespace(yes)
    place = xp.arange(yes.shape[1], dtype=xp.int32, device=device(yes))
    return xp.astype(1 - 2 * xp.minimum(place, 1), yes.dtype)[None, :]


def of_right_answer(yes: Array, no: Array) -> Array:
    """Logits (B, 1 + K) of the probability of the right answer."""
    return signs(yes) * infinite_to_nan(yes - no)


def contrast_of_first(logits: Array) -> tuple[Array, Callable[[Array], Array]]:
    """Cross-entropy (B,) of the first column, and its pullback."""
    xp = namespace(logits)
    first = xp.zeros((logits.shape[0],), dtype=xp.int32, device=device(logits))
    return cross_entropy(logits, first)

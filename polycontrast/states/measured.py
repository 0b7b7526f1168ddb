"""Functions of embeddings that are called like objectives, but have no gradient."""

import functools
from collections.abc import Callable
from typing import Any

from polycontrast.arrays import Array
from polycontrast.objective import Objective


def measured(body: Callable[..., Array]) -> Callable[..., Array]:
    """Give a function of embeddings the checks and the options of execution of an objective.

    Its annotations declare its arguments, as those of an objective do. Nothing is registered, and
    frameworks see numbers without a history.
    """

    @functools.wraps(body)
    def with_back(*args: Any, **kwargs: Any) -> tuple[Array, Any]:
        return body(*args, **kwargs), None

    made = Objective(with_back)

    @functools.wraps(body)
    def call(*args: Any, **kwargs: Any) -> Array:
        return made.vjp(*args, **kwargs)[0]  # past the adapters: nothing to differentiate

    call.__signature__ = made.signature  # type: ignore[attr-defined]
    return call

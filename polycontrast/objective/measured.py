"""Functions of embeddings that are called like objectives and have no gradient."""

import functools
from collections.abc import Callable
from typing import Any

from polycontrast.arrays import Array
from polycontrast.objective.objective import Objective


def measured(body: Callable[..., Array]) -> Callable[..., Array]:
    """A function of embeddings with the checks and the execution options of an objective.

    The annotations declare the arguments, as in an objective. The function is not registered, and
    its result has no history in autodiff frameworks.
    """

    @functools.wraps(body)
    def with_back(*args: Any, **kwargs: Any) -> tuple[Array, Any]:
        return body(*args, **kwargs), None

    made = Objective(with_back)

    @functools.wraps(body)
    def call(*args: Any, **kwargs: Any) -> Array:
        return made.vjp(*args, **kwargs)[0]  # without the adapters: there is no gradient

    call.__signature__ = made.signature  # type: ignore[attr-defined]
    return call

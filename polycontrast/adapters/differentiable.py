"""The interface between adapters and a function whose pullback is known."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol


class Parameter(Protocol):
    """One parameter of such a function."""

    @property
    def differentiable(self) -> bool:
        """True where a gradient is defined."""

    @property
    def keyword_only(self) -> bool:
        """True where the parameter is given by name alone."""

    @property
    def default(self) -> Any:
        """Value of a call that leaves it out."""


class Differentiable(Protocol):
    """A function whose pullback is known."""

    @property
    def name(self) -> str:
        """Name of the function, the only one of that name."""

    @property
    def arguments(self) -> Mapping[str, Parameter]:
        """Parameters by name, in the order of the signature."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Value."""

    def check_indices(self, values: Mapping[str, Any]) -> None:
        """Refuse indices out of bounds, where they are known."""

    def vjp(
        self, *args: Any, wrt: tuple[str, ...] | None = None, **kwargs: Any
    ) -> tuple[Any, Callable[[Any], Any]]:
        """Value, and the pullback to a named tuple of gradients."""


functions: dict[str, Differentiable] = {}
"""Functions by name, for the operators of a compiler, which take no Python objects."""


def by_name(
    function: Differentiable, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """Values of a call by name. This function is traced by `torch.compile`: it stays plain."""
    names = [name for name, parameter in function.arguments.items() if not parameter.keyword_only]
    values = dict(zip(names, args, strict=False))
    if len(args) > len(names) or any(name in values for name in kwargs):
        function.vjp(*args, **kwargs)  # raises the same error as any wrong call
    values.update(kwargs)
    return values

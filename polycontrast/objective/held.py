"""Gradients that are, by definition, not those of the value: surrogates and held parts."""

from collections.abc import Mapping
from typing import Any

from polycontrast.objective.arguments.roles import Argument


class Held:
    """Declaration of the arguments whose gradient is not that of the value.

    Parameters
    ----------
    *names : str
        The arguments. None: all, because value and gradient belong to different functions.
    named_by : str, optional
        A parameter whose value names the argument, in place of `names`.
    **when : Any
        Parameters with which this holds, each a value or a tuple of such. None: always.

    Examples
    --------
    >>> from polycontrast.objective import Held
    >>> held = Held(estimate="nwj")
    >>> held.holds({"estimate": "nwj"}), held.holds({"estimate": "jsd"})
    (True, False)
    """

    def __init__(self, *names: str, named_by: str | None = None, **when: Any):
        self.names, self.named_by, self.when = names, named_by, when

    def holds(self, given: Mapping[str, Any]) -> bool:
        """True where the declaration applies to a call with these parameters."""
        return all(
            any(
                type(given[name]) is type(one) and given[name] == one
                for one in (value if isinstance(value, tuple) else (value,))
            )
            for name, value in self.when.items()
        )

    def concerned(
        self, arguments: Mapping[str, Argument], given: Mapping[str, Any]
    ) -> tuple[str, ...]:
        """The arguments concerned in a call with these parameters; defaults need not be given."""
        defaults = {name: argument.default for name, argument in arguments.items()}
        if not self.holds({**defaults, **given}):
            return ()
        if self.named_by is not None:
            name = {**defaults, **given}[self.named_by]
            return () if name is None else (name,)
        return self.names or tuple(n for n, a in arguments.items() if a.differentiable)

    @property
    def is_surrogate(self) -> bool:
        """True where the gradient as a whole is that of another function."""
        return not self.names and self.named_by is None

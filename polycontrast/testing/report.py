"""The base class of the reports of checks, and the check of their tolerances."""

from dataclasses import dataclass
from typing import Any, Generic, Protocol, Self, TypeVar

from polycontrast.arrays import as_floats


class Check(Protocol):
    """One comparison of a report."""

    @property
    def passed(self) -> bool:
        """Whether both sides agree."""


C = TypeVar("C", bound=Check)


@dataclass(frozen=True, repr=False)
class Report(Generic[C]):
    """Result of a check: true when every comparison passed; prints as a table.

    Parameters
    ----------
    objective : str
        Name of the objective.
    checks : tuple
        The comparisons.
    """

    objective: str
    checks: tuple[C, ...]

    @property
    def failures(self) -> tuple[C, ...]:
        """The comparisons that did not pass."""
        return tuple(c for c in self.checks if not c.passed)

    def __repr__(self) -> str:
        """One line; `print` shows the table."""
        count = f"{len(self.checks)} comparisons"
        verdict = (
            f"{len(self.failures)} of {count} failed" if self.failures else f"correct, {count}"
        )
        return f"<{type(self).__name__} of {self.objective}: {verdict}>"

    def __bool__(self) -> bool:
        return not self.failures

    def raise_on_failure(self) -> Self:
        """Return the report, or raise AssertionError with its text if a comparison failed."""
        if not self:
            raise AssertionError(str(self))
        return self


def check_tolerances(function: str, **given: Any) -> None:
    """Refuse tolerances that are no numbers of at least 0; None stands for the default."""
    for name, value in given.items():
        if value is not None and not as_floats(function, **{name: value})[0] >= 0:
            raise ValueError(f"{function}: {name} must be >= 0, got {value}")

"""Columns of a table that a user named: identifiers, groups, labels and features."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from polycontrast.align.errors import BadInput
from polycontrast.wording import short


@dataclass(frozen=True)
class Choice:
    """Names of columns, and what they are for.

    Parameters
    ----------
    id, group, label : str, optional
        The column that says which thing a row is, which group it belongs to, and its label.
    features : tuple of str
        Names of the columns to align, or patterns such as ``pixel_*``. Default: all numbers that
        do not name the rows.
    """

    id: str | None = None
    group: str | None = None
    label: str | None = None
    features: tuple[str, ...] = ()

    @property
    def roles(self) -> dict[str, str]:
        """Names of the columns that are no features, by what they are for."""
        named = {"id": self.id, "group": self.group, "label": self.label}
        return {role: name for role, name in named.items() if name is not None}

    @property
    def words(self) -> frozenset[str]:
        """Columns to read as they are written: 007 is another name than 7."""
        return frozenset(self.roles.values())


def chosen(name: str, patterns: tuple[str, ...]) -> bool:
    """True for a name that one of the patterns has, or is."""
    return any(name == pattern or fnmatchcase(name, pattern) for pattern in patterns)


class Choices:
    """The choice for each file: columns of all of them, and what differs by view.

    Parameters
    ----------
    common : Choice
    features : tuple of (str or None, str)
        View, or None for all, and the name or pattern of a column.
    without_id : collection of str
        Views whose ids are in a file of their own.
    """

    def __init__(
        self,
        common: Choice,
        features: tuple[tuple[str | None, str], ...] = (),
        without_id: Collection[str] = (),
    ):
        self.common, self.features, self.without_id = common, features, without_id

    def of(self, view: str) -> Choice:
        """The choice for the view of this name."""
        own = tuple(column for name, column in self.features if name in (None, view))
        named = None if view in self.without_id else self.common.id
        return replace(self.common, features=own, id=named)

    def check(self, views: list[str]) -> None:
        """Refuse features of a view that there is none of."""
        for name, column in self.features:
            if name is not None and name not in views:
                raise BadInput(
                    f"--columns {short(name)}={short(column)}: no view has the name "
                    f"{short(name)!r}; the views are {', '.join(map(short, views))}"
                )

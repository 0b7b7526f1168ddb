"""Identities between objectives, as declarations that tests prove and pages show."""

import re
from collections.abc import Mapping
from typing import Any

from polycontrast.objective.arguments.roles import Argument
from polycontrast.objective.help.parameter_words import quoted

KINDS = ("distinct", "equal")
"""What an array of an identity may be, of which the values do not matter otherwise."""
_PLACE = re.compile(r"(\w+)(?:\[(\d+)\])?")


class Same:
    """Declaration that an objective equals another, in value and in every gradient.

    Parameters that both have go to the other as they are, and so do arrays of the same name. The
    identity is one of averages: a ``reduction`` stays at its default.

    Parameters
    ----------
    name : str
        The other objective.
    of : mapping, optional
        Arguments of the other by those of this one: ``{"x": "views[0]", "y": "views[1]"}`` says
        that there are two views.
    when : mapping, optional
        Own parameters with which the identity holds. For an optional array a word: "distinct"
        entries, or "equal" ones.
    factor : float, default 1.0
        This objective over the other.
    **parameters : Any
        Parameters of the other.

    Examples
    --------
    >>> from polycontrast.objective import Same
    >>> Same("pairwise_sum", when={"graph": "full"}, factor=2).words()
    'With ``graph="full"`` it equals 2 times `pairwise_sum`.'
    >>> Same("nt_xent", of={"x": "views[0]", "y": "views[1]"}).words()
    'Of 2 views it equals `nt_xent`.'
    """

    def __init__(
        self,
        name: str,
        *,
        of: Mapping[str, str] | None = None,
        when: Mapping[str, Any] | None = None,
        factor: float = 1.0,
        **parameters: Any,
    ):
        self.name, self.factor, self.parameters = name, factor, parameters
        self.of, self.when = dict(of or {}), dict(when or {})

    @property
    def places(self) -> dict[str, tuple[str, int | None]]:
        """For each argument of the other: the own argument, and the index of the view if any."""
        found = {}
        for other, own in self.of.items():
            match = _PLACE.fullmatch(own)
            if match is None:
                raise ValueError(f"Same: {other} must be an argument or a view of it, got {own!r}")
            found[other] = match[1], None if match[2] is None else int(match[2])
        return found

    @property
    def views(self) -> int | None:
        """Number of views for which it holds; None where it does not matter."""
        indices = [index for _, index in self.places.values() if index is not None]
        return max(indices) + 1 if indices else None

    def check(self, arguments: Mapping[str, Argument]) -> None:
        """Refuse names that the objective does not have, and words that say nothing of an array."""
        for name in (*self.when, *(own for own, _ in self.places.values())):
            if name not in arguments:
                raise ValueError(f"same_as={self.name!r} names the unknown argument {name!r}")
        for name, value in self.when.items():
            if arguments[name].dims and value not in KINDS:
                raise ValueError(f"same_as={self.name!r}: {name} must be {KINDS}, got {value!r}")

    def words(self, arguments: Mapping[str, Argument] | None = None) -> str:
        """The identity as a sentence."""
        arrays = {n for n in self.when if arguments is not None and arguments[n].dims}
        calls = {n: v for n, v in self.when.items() if n not in arrays}
        given = [f"``{_call(calls)}``"] if calls else []
        given += [f"{self.when[name]} `{name}`" for name in self.when if name in arrays]
        conditions = [] if self.views is None else [f"of {self.views} views"]
        conditions += [f"with {' and '.join(given)}"] if given else []
        start = " ".join((*conditions, "it equals"))
        start = start[0].upper() + start[1:]
        factor = "" if self.factor == 1 else f" {self.factor:g} times"
        other = f" with ``{_call(self.parameters)}``" if self.parameters else ""
        renamed = {a: b for a, (b, view) in self.places.items() if view is None and a != b}
        taken = "".join(f", `{own}` in the place of `{name}`" for name, own in renamed.items())
        return f"{start}{factor} `{self.name}`{other}{taken}."


def of_views(*names: str) -> dict[str, str]:
    """Single views in the place of arguments of these names."""
    return {name: f"views[{k}]" for k, name in enumerate(names)}


def _call(parameters: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={quoted(value)}" for name, value in parameters.items())

"""The checks of numbers, words and truth values that follow from the roles in a signature."""

import math
from collections.abc import Callable
from typing import Any

from polycontrast import arrays
from polycontrast.objective.arguments.roles import ANY_NUMBER, Argument, Role
from polycontrast.objective.catalogue.registry import near_matches


class NumberChecker:
    """Checks of the values of a call that are no arrays with axes.

    Parameters
    ----------
    fail : callable
        From a text, and optionally a type, to an error that names the objective.
    """

    def __init__(self, fail: Callable[..., Exception]):
        self.fail = fail

    def check(self, argument: Argument, value: Any) -> None:
        """Check a scalar or an option against its declared interval, type or choices."""
        name, role = argument.name, argument.role
        if value is None and argument.optional:
            return
        if argument.choices is not None:
            self._check_choice(argument, value)
            return
        if argument.boolean:
            self.check_switch(name, value)
        if argument.numbers:
            self._check_numbers(argument, value)
        if not argument.numeric:
            return
        if role.kind == "scalar" and arrays.holds_reals(value) and tuple(value.shape) == (1,):
            value = arrays.without_axes(value)
        if role.integer and not (arrays.is_number(value) and isinstance(value, int)):
            raise self.fail(f"{name} must be an integer, got {arrays.describe(value)}", TypeError)
        if not arrays.is_number(value) and not (arrays.holds_reals(value) and value.ndim == 0):
            raise self.fail(f"{name} must be a number, got {arrays.kind_of(value)}", TypeError)
        number = arrays.known(value)
        if number is None:
            return  # a tracer: its value is not known yet
        huge = isinstance(value, int) and number == math.inf
        if huge or not role.holds(number):
            got = arrays.describe(arrays.plain(value)) if arrays.is_number(value) else number
            raise self.fail(f"{name} must be {_interval_words(role)}, got {got}")

    def _check_choice(self, argument: Argument, value: Any) -> None:
        """Check a word, or a tuple of different words."""
        name, choices = argument.name, argument.choices or ()
        if argument.several and not isinstance(value, (list, tuple)):
            text = f"{name} must be a tuple of words, got {arrays.describe(value)}"
            raise self.fail(text, TypeError)
        words = list(value) if argument.several else [value]
        for k, word in enumerate(words):
            # Of the same type first: arrays compare entry by entry.
            if not any(isinstance(word, type(c)) and word == c for c in choices):
                hint = near_matches(word if isinstance(word, str) else "", list(map(str, choices)))
                raise self.fail(f"unknown {name} {arrays.describe(word)}{hint}")
            if word in words[:k]:
                raise self.fail(f"{name} must hold each word once, got {word!r} twice")

    def _check_numbers(self, argument: Argument, value: Any) -> None:
        """Check a tuple of numbers in one interval; of any number of them, but not none."""
        count, role = argument.numbers, argument.role
        right = isinstance(value, (list, tuple)) and (
            len(value) == count or (count == ANY_NUMBER and len(value) > 0)
        )
        for number in value if right else ():
            number = arrays.known(number) if arrays.is_number(number) else None
            right = right and number is not None and role.holds(number)
        if not right:
            text = f"{argument.name} must be a {argument.numbers_in_words}, each"
            raise self.fail(f"{text} {_interval_words(role)}, got {arrays.describe(value)}")

    def check_switch(self, name: str, value: Any) -> None:
        """Check a truth value."""
        if not isinstance(value, bool):
            text = f"{name} must be True or False, got {arrays.describe(value)}"
            raise self.fail(text, TypeError)


def _interval_words(role: Role) -> str:
    if role.infinite:
        return f"{'>' if role.open_low else '>='} {role.low:g} or infinite"
    if role.low == -math.inf:
        return "finite"
    if role.high == math.inf:
        return "finite and > 0" if role.open_low else f"finite and >= {role.low:g}"
    return f"in [{role.low:g}, {role.high:g}{')' if role.open_high else ']'}"

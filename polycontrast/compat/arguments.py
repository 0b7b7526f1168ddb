"""Arguments of other packages: which are refused, and numbers that may be learned."""

from typing import Any


def number(value: Any) -> Any:
    """The number itself, or the value of a `Learnable`."""
    return value() if callable(value) else value


def refuse(function: str, advice: str, **unlike: Any) -> None:
    """Refuse arguments that are given and have no counterpart.

    Parameters
    ----------
    function : str
        Name of the class or function of the package.
    advice : str
        What to do in place of it.
    **unlike
        Arguments; None, False and 0 are their defaults.

    Raises
    ------
    ValueError
        When one of them is not at its default.
    """
    for name, given in unlike.items():
        if given is None or given is False or (isinstance(given, (int, float)) and given == 0):
            continue
        shown = given if isinstance(given, (bool, int, float, str)) else type(given).__name__
        raise ValueError(f"{function}: {name}={shown} has no counterpart here; {advice}")


def one_of(function: str, name: str, given: Any, known: dict[str, Any]) -> Any:
    """The entry of a table under a word, or under the name of a function or class.

    Raises
    ------
    ValueError
        When it is not in the table.
    """
    word = given if isinstance(given, str) else getattr(given, "__name__", type(given).__name__)
    if word not in known:
        words = ", ".join(known)
        raise ValueError(f"{function}: {name} must be one of {words}; got {word}")
    return known[word]

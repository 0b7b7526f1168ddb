"""Errors that a user can put right: each message is one line."""

import functools
import sys
from pathlib import Path


class BadInput(ValueError):
    """Data or options that cannot be used as they are."""


class NotFitted(BadInput, AttributeError):
    """An estimator was used before fit; scikit-learn's NotFittedError as well, where it is used."""


def not_fitted(message: str) -> NotFitted:
    """The error, also of scikit-learn's class where somebody has imported that."""
    theirs = getattr(sys.modules.get("sklearn.exceptions"), "NotFittedError", None)
    return NotFitted(message) if theirs is None else _of_both(theirs)(message)


@functools.cache
def _of_both(theirs: type) -> type[NotFitted]:
    return type("NotFittedError", (NotFitted, theirs), {"__reduce__": _reduce})


def _reduce(error: NotFitted) -> tuple[object, tuple[str]]:
    return not_fitted, (str(error),)


class MissingDependency(ImportError):
    """An optional library that is not installed; the message names the extra that has it."""

    def __init__(self, what: str, module: str, *extras: str):
        choices = " or ".join(f'"{_installed_from()}[{extra}]"' for extra in extras)
        super().__init__(f"{what} needs {module}: pip install {choices}")


def _installed_from() -> str:
    """Name of this package for pip: the folder of a checkout, where it runs from one."""
    root = Path(__file__).parents[2]
    return str(root) if (root / "pyproject.toml").is_file() else "polycontrast"


class Unfinished(Exception):
    """Results that are not whole, or not where they should be; the message says where they are."""

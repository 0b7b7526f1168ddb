"""Errors that a user can put right: each message is one line."""


class BadInput(ValueError):
    """Data or options that cannot be used as they are."""


class MissingDependency(ImportError):
    """An optional library that is not installed; the message names the extra that has it."""

    def __init__(self, what: str, module: str, *extras: str):
        choices = " or ".join(f'"polycontrast[{extra}]"' for extra in extras)
        super().__init__(f"{what} needs {module}: pip install {choices}")


class Unfinished(Exception):
    """Results that are not whole, or not where they should be; the message says where they are."""

"""Optional libraries, asked for before any work is done."""

import importlib.util

from polycontrast.align.errors import MissingDependency


def need(what: str, modules: tuple[str, ...], extra: str) -> None:
    """Refuse to go on without libraries.

    Raises
    ------
    MissingDependency
        It names what is missing and the extra that has it.
    """
    missing = [module for module in modules if importlib.util.find_spec(module) is None]
    if missing:
        raise MissingDependency(what, ", ".join(missing), extra)

"""Check of optional libraries, before any work is done."""

import importlib.util

from polycontrast.align.errors import MissingDependency


def need(what: str, modules: tuple[str, ...], extra: str) -> None:
    """Refuse to go on if a library is missing.

    Raises
    ------
    MissingDependency
        It names the library and the extra that installs it.
    """
    missing = [module for module in modules if importlib.util.find_spec(module) is None]
    if missing:
        raise MissingDependency(what, ", ".join(missing), extra)

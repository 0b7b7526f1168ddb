"""The command line: ``polycontrast align``, ``bench``, ``losses``."""

from polycontrast.cli.main import main

__all__ = ["main"]

"""The command line: ``polycontrast align``, ``polycontrast losses``."""

from polycontrast.cli.main import main

__all__ = ["main"]

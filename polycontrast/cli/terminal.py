"""Streams and signals of a command: neither turns into a traceback."""

import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Never

SIGNALS = ("SIGTERM", "SIGHUP")


class Stopped(BaseException):
    """A signal asked the command to end."""

    def __init__(self, number: int):
        super().__init__(f"stopped by {signal.Signals(number).name}")
        self.code = 128 + number


@contextmanager
def stoppable() -> Iterator[None]:
    """Turn signals that would end the process into `Stopped`, so that everything is cleared up.

    A signal that is ignored, as under ``nohup``, stays ignored. Off the main thread Python handles
    no signals, and this does nothing.
    """

    def stop(number: int, frame: object) -> Never:
        for kind in mine:
            signal.signal(kind, signal.SIG_IGN)  # one is enough
        raise Stopped(number)

    kinds = [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)]
    mine = [kind for kind in kinds if signal.getsignal(kind) is signal.SIG_DFL]
    try:
        for kind in mine:
            signal.signal(kind, stop)
    except ValueError:  # not the main thread
        mine = []
    try:
        yield
    finally:
        for kind in mine:
            signal.signal(kind, signal.SIG_DFL)


@contextmanager
def writable_streams() -> Iterator[None]:
    """Let stdout and stderr take any text: closed ones drop it, poor encodings get escapes."""
    before = {name: getattr(sys, name) for name in ("stdout", "stderr")}
    errors: list[tuple[Any, str]] = []
    for name, stream in before.items():
        if stream is None:  # closed by whoever started the command
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif isinstance(stream, io.TextIOWrapper):
            errors.append((stream, stream.errors or "strict"))
            stream.reconfigure(errors="backslashreplace")
    try:
        yield
    finally:
        for stream, how in errors:
            with suppress(OSError, ValueError):  # changing it flushes what nobody takes
                stream.reconfigure(errors=how)
        for name, stream in before.items():
            if stream is None:
                getattr(sys, name).close()
                setattr(sys, name, None)


def console() -> Any:
    """Console of rich for stdout that shows words as they are; a file or a pipe has 160 columns."""
    from rich.console import Console

    class Plain(Console):
        def on_broken_pipe(self) -> Never:
            """Leave the end of the command to the command; rich would exit with code 1."""
            raise BrokenPipeError

    options: dict[str, Any] = {"highlight": False, "markup": False, "emoji": False}
    terminal = Plain(**options)
    return terminal if terminal.is_terminal else Plain(width=160, **options)


def discard(stream: Any) -> None:
    """Drop what a stream still holds and all that follows: nobody can take it."""
    with suppress(OSError, ValueError, AttributeError):  # a stream without a descriptor
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)

"""Long calls of compiled code that Ctrl-C can leave."""

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

LOOK = 0.2  # seconds between two looks for an interrupt


def interruptible(work: Callable[[], T]) -> T:
    """Result of `work`, which runs in a thread of its own.

    Python handles a signal only between two of its own instructions. An eigenproblem or a product
    of large matrices is one instruction, which may take minutes. Here the main thread goes on, and
    an interrupt leaves the work behind; its result is dropped.
    """
    if threading.current_thread() is not threading.main_thread():  # no signal is handled here
        return work()
    found: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            found.append(work())
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(LOOK)
    if failed:
        raise failed[0]
    return found[0]

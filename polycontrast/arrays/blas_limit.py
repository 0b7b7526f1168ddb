"""BLAS on one thread, as long as anyone here computes.

The number of threads changes the last bits of a product, and it belongs to the whole process. So
all calls ask for the same number, one: whoever comes first sets it, whoever leaves last restores
what was there. No call waits for another, and none sees its number change on the way.

Most libraries have one number for the process. Those built on OpenMP have one for each thread: they
are set and restored on each thread that comes.
"""

import itertools
import os
import sys
import threading
from contextlib import ContextDecorator
from types import TracebackType
from typing import Any

from threadpoolctl import ThreadpoolController

Saved = list[tuple["_Library", int]]


class _Here(threading.local):
    """What one thread has of the limit."""

    def __init__(self) -> None:
        self.depth = 0
        self.saved: Saved = []


class OneBlasThread(ContextDecorator):
    """Within this BLAS runs on one thread; any thread may come in, any number of times.

    Many small steps gain nothing from threads of BLAS, and lose much where other work keeps the
    processors busy: an eigenproblem of 640 rows took 50 times longer on two threads of a loaded
    machine.

    Parameters
    ----------
    find : callable, default ThreadpoolController
        Finds the loaded libraries, as its attribute ``lib_controllers``.
    """

    def __init__(self, find: Any = ThreadpoolController):
        self._find, self._here = find, _Here()
        self._lock = threading.RLock()  # a signal handler may come in while its thread is at it
        self._inside = 0
        self._saved: Saved = []
        self._modules = -1
        self._shared: list[_Library] = []
        self._own: list[_Library] = []

    def __enter__(self) -> "OneBlasThread":
        here = self._here
        if here.depth == 0:
            counted = False
            try:
                with self._lock:
                    if self._look() or self._inside == 0:
                        _limit(self._shared, self._saved)
                    self._inside += 1
                    counted = True
                _limit(self._own, here.saved)
            except BaseException:  # Ctrl-C among them
                self._leave(counted)
                raise
        here.depth += 1
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._here.depth -= 1
        if self._here.depth == 0:
            self._leave(True)

    def _leave(self, counted: bool) -> None:
        _restore(self._here.saved)
        with self._lock:
            self._inside -= counted
            if self._inside == 0:
                _restore(self._saved)

    def _look(self) -> bool:
        """Find the libraries again if modules were imported since: they may have brought one."""
        if self._modules == len(sys.modules):
            return False
        controllers = [k for k in self._find().lib_controllers if k.user_api == "blas"]
        own = [k for k in controllers if getattr(k, "threading_layer", "") == "openmp"]
        self._own = [_Library(k) for k in own]
        self._shared = [_Library(k) for k in controllers if k not in own]
        self._modules = len(sys.modules)
        return True

    # A child has one thread: that which forked. Nobody else will restore anything there.

    def before_fork(self) -> None:
        """Let nobody change the numbers until the child has its copy of them."""
        self._lock.acquire()

    def after_in_parent(self) -> None:
        """Go on as before."""
        self._lock.release()

    def after_in_child(self) -> None:
        """Count the one thread that is left."""
        self._lock = threading.RLock()
        self._inside = int(self._here.depth > 0)
        if self._inside == 0:
            _restore(self._saved)


class _Library:
    """The number of threads of one library: how it is read and how it is set.

    That of OpenBLAS on threads of its own is set by its own functions: `threadpoolctl` lets one
    thread alone set it, and leaves those of all others without effect.
    """

    def __init__(self, controller: Any):
        self.get, self.set = controller.get_num_threads, controller.set_num_threads
        if controller.internal_api != "openblas" or controller.threading_layer == "openmp":
            return
        library = controller.dynlib
        for before, after in itertools.product(("", "scipy_"), ("", "64_", "_64")):
            names = [f"{before}openblas_{verb}_num_threads{after}" for verb in ("get", "set")]
            if all(hasattr(library, name) for name in names):
                self.get, self.set = (getattr(library, name) for name in names)
                return


def _limit(libraries: list[_Library], saved: Saved) -> None:
    for library in libraries:
        threads = library.get()
        if threads is not None and threads > 1:
            saved.append((library, threads))
            library.set(1)


def _restore(saved: Saved) -> None:
    while saved:
        library, threads = saved.pop()
        if library.get() == 1:  # else somebody has set another number since
            library.set(threads)


one_blas_thread = OneBlasThread()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=one_blas_thread.before_fork,
        after_in_parent=one_blas_thread.after_in_parent,
        after_in_child=one_blas_thread.after_in_child,
    )

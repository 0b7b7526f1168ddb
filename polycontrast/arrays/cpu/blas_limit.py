"""BLAS on one thread, as long as any call of this library computes.

The number of threads of BLAS changes the last bits of a product, and it is shared by the whole
process. So all calls use the same number, one. The first call sets it, and the last one to end
restores the former number. No call blocks another, and the number is constant during a call.

Most libraries have one number for the process. Those built on OpenMP have one per thread: it is set
and restored on each thread that computes.
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
    """The state of the limit on one thread."""

    def __init__(self) -> None:
        self.depth = 0
        self.saved: Saved = []


class OneBlasThread(ContextDecorator):
    """Context in which BLAS runs on one thread; any thread may enter it, any number of times.

    Many small steps gain nothing from threads of BLAS. They become much slower when other work
    keeps the processors busy: an eigenproblem of 640 rows took 50 times longer on two threads of a
    loaded machine.

    Parameters
    ----------
    find : callable, default ThreadpoolController
        Finds the loaded libraries, as its attribute ``lib_controllers``.
    """

    def __init__(self, find: Any = ThreadpoolController):
        self._find, self._here = find, _Here()
        self._lock = threading.RLock()  # a signal handler may enter while its thread holds the lock
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
            except BaseException:  # also Ctrl-C
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
        """Search for libraries again if modules were imported since: they may load a library."""
        if self._modules == len(sys.modules):
            return False
        controllers = [k for k in self._find().lib_controllers if k.user_api == "blas"]
        own = [k for k in controllers if getattr(k, "threading_layer", "") == "openmp"]
        self._own = [_Library(k) for k in own]
        self._shared = [_Library(k) for k in controllers if k not in own]
        self._modules = len(sys.modules)
        return True

    # A child process has one thread, the one that forked. No other thread restores a number there.

    def before_fork(self) -> None:
        """Keep the numbers constant until the child has its copy of them."""
        self._lock.acquire()

    def after_in_parent(self) -> None:
        """Release the lock."""
        self._lock.release()

    def after_in_child(self) -> None:
        """Count the one thread that is left."""
        self._lock = threading.RLock()
        self._inside = int(self._here.depth > 0)
        if self._inside == 0:
            _restore(self._saved)


class _Library:
    """The number of threads of one library: a function that reads it and one that sets it.

    An OpenBLAS with its own threads is set by its own functions. With `threadpoolctl`, only one
    thread can set the number, and settings of other threads have no effect.
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
        if library.get() == 1:  # otherwise the program has set another number since
            library.set(threads)


one_blas_thread = OneBlasThread()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=one_blas_thread.before_fork,
        after_in_parent=one_blas_thread.after_in_parent,
        after_in_child=one_blas_thread.after_in_child,
    )

"""Threads that share the tiles of a call on NumPy arrays, or the parts of one large product.

The calling thread always works itself; helper threads are optional. So a call goes on when no
helper can start (when the interpreter exits, or under a limit of memory). Calls made by a task run
on the thread of that task. So no call blocks on a thread that may never start.

The division of the work depends only on shapes. The number of workers changes no bit.
"""

import contextvars
import mmap
import os
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from polycontrast.arrays.cpu.blas_limit import one_blas_thread
from polycontrast.arrays.cpu.machine import default_workers

IDLE_SECONDS = 5.0  # a helper thread without work ends after this time
ROOM_OF_A_THREAD = 2**28  # addresses for a stack, a heap and the buffers of BLAS, which ends the
# process when it has no room for them
HAVE_THREADS = {"torch", "jax", "jaxlib", "cupy"}  # libraries with their own threads or a device


class _Here(threading.local):
    """The state of one thread."""

    busy = False
    """Whether the thread runs a shared task; further threads would only slow the others down."""
    cuts = False
    """Whether large products are divided into parts: in a call, outside of shared tiles."""
    workers: int | None = None
    """Largest number of threads that share these parts."""


_here = _Here()


class _Computing:
    """Context manager of `computing`."""

    def __init__(self, workers: int | None):
        self.workers = workers

    def __enter__(self) -> None:
        one_blas_thread.__enter__()
        self.before = _here.cuts, _here.workers
        _here.cuts, _here.workers = True, self.workers

    def __exit__(self, *error: Any) -> None:
        _here.cuts, _here.workers = self.before
        one_blas_thread.__exit__(*error)


def computing(x: Any, workers: int | None) -> AbstractContextManager[None]:
    """Context in which a call on arrays like `x` computes, with this number of workers.

    None is the default number. Products of NumPy arrays run on one thread of BLAS, and workers
    share the large ones.
    """
    library = type(x).__module__.partition(".")[0]
    return nullcontext() if library in HAVE_THREADS else _Computing(workers)


def sharing() -> int:
    """Number of workers that share the parts of a large product; 0 when it stays whole."""
    return _here.workers or default_workers() if _here.cuts else 0


@contextmanager
def _at_work() -> Iterator[None]:
    """Context in which this thread runs tasks."""
    before = _here.busy, _here.cuts
    _here.busy, _here.cuts = True, False
    try:
        with one_blas_thread:
            yield
    finally:
        _here.busy, _here.cuts = before


def share(body: Callable[[Any], Any], tasks: Iterable[Any], workers: int) -> None:
    """Call ``body(task)`` for every task, on this thread and on up to ``workers - 1`` others.

    Tasks of a task run on the thread of that task. The first error ends the work. It is raised when
    all threads have stopped.
    """
    job = _Job(body, tasks)
    try:
        if not _here.busy:
            _crew.help(job, min(workers, len(job.tasks)) - 1)
        job.do()
    finally:
        job.close()


_NONE = object()


class _Job:
    """The tasks of one call, and the threads that work on them."""

    def __init__(self, body: Callable[[Any], Any], tasks: Iterable[Any]):
        self.body, self.tasks = body, deque(tasks)
        self.errors: list[BaseException] = []
        self.lock, self.left = threading.Lock(), threading.Semaphore(0)
        self.asked, self.came, self.closed = 0, 0, False

    def do(self) -> None:
        """Run tasks until none is left."""
        try:
            with _at_work():
                for task in iter(self._next, _NONE):
                    self.body(task)
        except BaseException as error:
            self.errors.append(error)
            self.tasks.clear()

    def _next(self) -> Any:
        try:
            return self.tasks.popleft()
        except IndexError:
            return _NONE

    def come(self) -> bool:
        """Join as a helper; False if the work is already finished."""
        with self.lock:
            self.came += not self.closed
            return not self.closed

    def close(self) -> None:
        """Refuse further helpers, wait for the present ones, and raise the error of a task."""
        with self.lock:
            self.closed = True
        _crew.dismiss(self.asked - self.came)
        self.tasks.clear()  # some are left only when the caller was interrupted
        for _ in range(self.came):
            self.left.acquire()
        if self.errors:
            # An interrupt (Ctrl-C) is raised before the error of a task.
            error = min(self.errors, key=lambda e: isinstance(e, Exception))
            self.errors.clear()
            try:
                raise error
            finally:
                del error  # otherwise its traceback keeps the job in memory


class _Crew:
    """Helper threads of all calls: one starts when none is idle, and ends after a long pause."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.jobs: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.idle = 0  # not counting those whose next job is in the queue

    def help(self, job: _Job, helpers: int) -> None:
        """Ask for helpers for a job; fewer may start."""
        for _ in range(helpers):
            # Context variables of the caller (settings, numpy.seterr) also hold for helpers.
            work = contextvars.copy_context(), job
            with self.lock:
                if self.idle:
                    self.idle -= 1
                    self.jobs.put(work)
                    job.asked += 1
                    continue
            thread = threading.Thread(target=self._serve, args=([work],), daemon=True)
            thread.name = "polycontrast"
            try:
                mmap.mmap(-1, ROOM_OF_A_THREAD).close()
                thread.start()
            except (RuntimeError, OSError, MemoryError):  # no thread can start
                return
            job.asked += 1

    def dismiss(self, helpers: int) -> None:
        """Count helpers as idle that were asked, and that will find the job closed."""
        with self.lock:
            self.idle += helpers

    def _serve(self, first: list[Any]) -> None:
        context, job = first.pop()  # removed from the list, which the thread keeps alive
        while True:
            if job.come():
                context.run(job.do)
                with self.lock:
                    self.idle += 1  # before the release: the caller may ask for a helper at once
                job.left.release()
            del context, job  # an idle helper keeps no memory of a call
            try:
                context, job = self.jobs.get(timeout=IDLE_SECONDS)
            except queue.Empty:
                with self.lock:
                    if self.idle:
                        self.idle -= 1
                        return
                context, job = self.jobs.get()  # a job was added after the timeout


_crew = _Crew()


def _after_fork() -> None:
    """Start with an empty crew: a child process has only the thread that forked."""
    global _crew
    _crew = _Crew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)

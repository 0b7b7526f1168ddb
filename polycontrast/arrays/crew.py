"""Threads that help a call of NumPy's with its tiles, or with the parts of one large product.

The caller always works itself, and helpers come to it: a call goes on where no helper can be had
(at the end of the interpreter, under a limit of memory), and what a task calls is done on the
thread of that task. So nothing here waits for a thread that may never come.

How work is cut depends on shapes alone. The number of workers says who does it, and changes no bit.
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

from polycontrast.arrays.blas_limit import one_blas_thread

IDLE_SECONDS = 5.0  # after which a helper without work leaves
ROOM_OF_A_THREAD = 2**28  # addresses for a stack, a heap and the buffers of BLAS, which ends the
# process where it finds no room for them
HAVE_THREADS = {"torch", "jax", "jaxlib", "cupy"}  # of their own, or a device


class _Here(threading.local):
    """What a thread is doing."""

    busy = False
    """Whether it carries out a task that others share; more threads would only get in the way."""
    cuts = False
    """Whether large products are cut into parts: in a call, where no tiles are shared."""
    workers: int | None = None
    """Threads that may share these parts."""


_here = _Here()


def default_workers() -> int:
    """Threads to use: the usual environment variables, or the processors of this process."""
    for name in ("POLYCONTRAST_NUM_THREADS", "OMP_NUM_THREADS"):
        value = os.environ.get(name, "").partition(",")[0]
        if value.isdigit() and int(value) > 0:
            return int(value)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Computing:
    """See `computing`."""

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
    """Within this a call on arrays like `x` computes, with so many workers (or the default).

    NumPy's products run on one thread of BLAS, and workers share the large ones.
    """
    library = type(x).__module__.partition(".")[0]
    return nullcontext() if library in HAVE_THREADS else _Computing(workers)


def sharing() -> int:
    """Workers that may share the parts of a large product; 0 where it is not to be cut."""
    return _here.workers or default_workers() if _here.cuts else 0


@contextmanager
def _at_work() -> Iterator[None]:
    """Within this, this thread carries out tasks."""
    before = _here.busy, _here.cuts
    _here.busy, _here.cuts = True, False
    try:
        with one_blas_thread:
            yield
    finally:
        _here.busy, _here.cuts = before


def share(body: Callable[[Any], Any], tasks: Iterable[Any], workers: int) -> None:
    """Call ``body(task)`` for every task, on this thread and on up to ``workers - 1`` others.

    Tasks of tasks are done on the thread of their task. The first error ends the work, and is
    raised when all have stopped.
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
    """Tasks of one call, and who is at work on them."""

    def __init__(self, body: Callable[[Any], Any], tasks: Iterable[Any]):
        self.body, self.tasks = body, deque(tasks)
        self.errors: list[BaseException] = []
        self.lock, self.left = threading.Lock(), threading.Semaphore(0)
        self.asked, self.came, self.closed = 0, 0, False

    def do(self) -> None:
        """Take tasks until there are none."""
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
        """Come as a helper; False if the work is done already."""
        with self.lock:
            self.came += not self.closed
            return not self.closed

    def close(self) -> None:
        """Let nobody else come, wait for those who came, raise what went wrong."""
        with self.lock:
            self.closed = True
        _crew.dismiss(self.asked - self.came)
        self.tasks.clear()  # some are left only where the caller was stopped
        for _ in range(self.came):
            self.left.acquire()
        if self.errors:
            # Ctrl-C comes before what a task has to say.
            error = min(self.errors, key=lambda e: isinstance(e, Exception))
            self.errors.clear()
            try:
                raise error
            finally:
                del error  # else its traceback keeps all of this alive


class _Crew:
    """Helpers of all calls. One is started when none is idle, and leaves when it is long idle."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.jobs: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.idle = 0  # without those whose next job lies in the queue

    def help(self, job: _Job, helpers: int) -> None:
        """Ask for helpers; there may come fewer."""
        for _ in range(helpers):
            # What the caller has set for itself (settings, what NumPy warns of) holds for helpers.
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
            except (RuntimeError, OSError, MemoryError):  # no thread can be had
                return
            job.asked += 1

    def dismiss(self, helpers: int) -> None:
        """Count those as idle who were asked, and will find the work done when they come."""
        with self.lock:
            self.idle += helpers

    def _serve(self, first: list[Any]) -> None:
        context, job = first.pop()  # out of the list, which the thread keeps
        while True:
            if job.come():
                context.run(job.do)
                with self.lock:
                    self.idle += 1  # before the caller goes on: it may ask for a helper at once
                job.left.release()
            del context, job  # an idle helper holds nobody's memory
            try:
                context, job = self.jobs.get(timeout=IDLE_SECONDS)
            except queue.Empty:
                with self.lock:
                    if self.idle:
                        self.idle -= 1
                        return
                context, job = self.jobs.get()  # one was put there in this moment


_crew = _Crew()


def _after_fork() -> None:
    """Start anew: a child has no thread but the one that forked."""
    global _crew
    _crew = _Crew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)

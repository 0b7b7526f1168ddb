"""BLAS on one thread, where its threads would only wait for one another."""

from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Hold BLAS to one thread; also a decorator.

    Many small steps gain nothing from threads, and lose much where other work keeps the processors
    busy: an eigenproblem of 640 rows took 50 times longer on two threads of a loaded machine.
    """
    with threadpool_limits(limits=1, user_api="blas"):
        yield

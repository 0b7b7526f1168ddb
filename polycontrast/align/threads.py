"""BLAS on one thread, for products too small to share."""

from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Hold BLAS to one thread; also a decorator.

    Many small steps gain nothing from threads, and lose much on a busy machine: there an
    eigenproblem of 640 rows took 50 times longer on two threads than on one.
    """
    with threadpool_limits(limits=1, user_api="blas"):
        yield

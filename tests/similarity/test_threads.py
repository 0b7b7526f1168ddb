"""Threads of a call and calls in threads: equal bits, BLAS as before, no call without an end."""

import asyncio
import gc
import os
import subprocess
import sys
import textwrap
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest
from threadpoolctl import ThreadpoolController

import polycontrast as pc
from polycontrast.arrays import computing, matmul, one_blas_thread, share
from polycontrast.arrays.cpu import blas_limit, crew
from polycontrast.arrays.cpu.blas_limit import OneBlasThread
from polycontrast.similarity.walks.threads import rounds, walk

PATIENCE = 60.0  # seconds after which a call waits in vain


def numbers():
    """Threads of each BLAS that is loaded."""
    return [k.num_threads for k in ThreadpoolController().lib_controllers if k.user_api == "blas"]


@pytest.fixture
def two_blas_threads():
    """BLAS on two threads, on any machine."""
    controllers = [k for k in ThreadpoolController().lib_controllers if k.user_api == "blas"]
    libraries = [blas_limit._Library(k) for k in controllers]
    before = [library.get() for library in libraries]
    for library in libraries:
        library.set(2)
    yield
    for library, threads in zip(libraries, before, strict=True):
        library.set(threads)


def in_time(function):
    """What a function returns, on a thread of its own that does not wait for ever."""
    found = []
    thread = threading.Thread(target=lambda: found.append(function()), daemon=True)
    thread.start()
    thread.join(PATIENCE)
    assert not thread.is_alive(), "waits for ever"
    return found[0]


def script(text):
    """Run a program of its own; return what it prints."""
    run = [sys.executable, "-c", textwrap.dedent(text)]
    done = subprocess.run(run, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def bits(made):
    value, grads = made
    parts = [g if isinstance(g, tuple) else (g,) for g in grads]
    return [value.tobytes(), *(t.tobytes() for part in parts for t in part)]


def calls(rows):
    """Calls of several kinds: one tile, several tiles, products outside of tiles, cubes."""
    x, y, z = np.random.default_rng(3).standard_normal((3, rows, 64)).astype(np.float32)
    few = [t[:24, :8] for t in (x, y, z)]
    return [
        lambda: pc.info_nce.value_and_grad(x, y),
        lambda: pc.info_nce.value_and_grad(x, y, tile=(90, 110), workers=2),
        lambda: pc.nt_xent.value_and_grad(x, y, tile=(64, 64), workers=3),
        lambda: pc.nt_xent.value_and_grad(x, y, workers=1),
        lambda: pc.geometric_consistency.value_and_grad(x, y),
        lambda: pc.cube_loss.value_and_grad(few, tile=(5, 7), workers=2),
    ]


def overlapping(threads, times, rows):
    """Calls that overlap in time: which of them differ from the same call alone."""
    todo = calls(rows)
    alone = [bits(call()) for call in todo]
    start = threading.Barrier(threads)

    def several(seed):
        start.wait()
        order = np.random.default_rng(seed).integers(len(todo), size=times)
        return [k for k in order if bits(todo[k]()) != alone[k]]

    with ThreadPoolExecutor(threads) as pool:
        return [k for found in pool.map(several, range(threads)) for k in found]


def test_calls_that_overlap_give_the_bits_of_each_alone(two_blas_threads):
    assert overlapping(threads=4, times=4, rows=320) == []
    assert set(numbers()) == {2}


@pytest.mark.slow
def test_many_calls_that_overlap_give_the_bits_of_each_alone(two_blas_threads):
    assert overlapping(threads=8, times=64, rows=700) == []
    assert set(numbers()) == {2}


def test_blas_is_restored_by_the_last_that_leaves(two_blas_threads):
    """The first comes and leaves first: the second still computes on one thread."""
    second_is_in, first_is_out = threading.Event(), threading.Event()
    seen = []

    def second():
        with one_blas_thread:
            second_is_in.set()
            first_is_out.wait(PATIENCE)
            seen.append(numbers())

    thread = threading.Thread(target=second)
    with one_blas_thread:
        thread.start()
        second_is_in.wait(PATIENCE)
    first_is_out.set()
    thread.join()
    assert set(seen[0]) == {1}
    assert set(numbers()) == {2}


def test_bits_do_not_depend_on_the_threads_of_blas(two_blas_threads):
    call = calls(700)[0]
    before = bits(call())
    with one_blas_thread:
        assert bits(call()) == before


@pytest.mark.parametrize("workers", [1, 3])
def test_blas_is_restored_after_an_error(two_blas_threads, workers):
    """Whoever raises, an error of the caller's or Ctrl-C on its thread."""
    for error in (ZeroDivisionError, KeyboardInterrupt):

        def body(i, j, error=error):
            if (i, j) == (2, 2):
                raise error

        x = np.ones((2, 2))
        with pytest.raises(error), computing(x, workers):
            walk(rounds(4, 4, False), body, workers)
        assert set(numbers()) == {2}


def test_the_first_error_ends_the_work():
    done = []

    def body(k):
        done.append(k)
        raise ValueError(f"task {k}")

    with pytest.raises(ValueError, match="task 0"):
        share(body, range(100), 1)
    assert done == [0]


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_a_call_within_a_tile_does_not_wait(workers):
    """A walk within a walk, with as many workers: on the thread of the tile that asks for it."""
    x, y = np.random.default_rng(0).standard_normal((2, 40, 4))
    wanted = bits(pc.info_nce.value_and_grad(x, y, tile=(10, 10), workers=workers))
    found = []

    def body(i, j):
        made = pc.info_nce.value_and_grad(x, y, tile=(10, 10), workers=workers)
        found.append(bits(made))

    in_time(lambda: walk(rounds(4, 4, False), body, workers))
    assert found == [wanted] * 16


def test_what_a_task_shares_is_done_on_its_own_thread():
    seen = []

    def task(_):
        here = threading.get_ident()
        share(lambda _: seen.append(here == threading.get_ident()), range(5), 4)

    in_time(lambda: share(task, range(8), 4))
    assert seen == [True] * 40


def test_helpers_know_the_settings_of_their_caller():
    """What NumPy does about an overflow is set for a thread, and holds for the whole call."""
    both = threading.Barrier(2)  # two tasks at a time, so on two threads

    def task(_):
        both.wait(PATIENCE)
        np.exp(np.float64(1e4))

    with np.errstate(over="raise"), pytest.raises(FloatingPointError):
        share(task, range(2), 2)


@pytest.mark.parametrize("error", [RuntimeError, MemoryError])
def test_a_call_goes_on_where_no_thread_can_be_had(monkeypatch, error):
    call = calls(320)[1]
    wanted = bits(call())

    def start(self):
        raise error("can't start new thread")

    monkeypatch.setattr(crew, "_crew", crew._Crew())
    monkeypatch.setattr(crew.threading.Thread, "start", start)
    assert bits(call()) == wanted


def test_idle_helpers_leave_and_many_numbers_of_workers_leave_no_more(monkeypatch):
    monkeypatch.setattr(crew, "IDLE_SECONDS", 0.05)
    monkeypatch.setattr(crew, "_crew", crew._Crew())
    helpers = set(threading.enumerate())
    x, y = np.random.default_rng(0).standard_normal((2, 60, 4))
    for workers in range(2, 20):
        pc.info_nce(x, y, tile=(10, 10), workers=workers)
        assert len(set(threading.enumerate()) - helpers) <= 5  # a round has six tiles
    end = time.monotonic() + PATIENCE
    while set(threading.enumerate()) - helpers and time.monotonic() < end:
        time.sleep(0.01)
    assert set(threading.enumerate()) - helpers == set()


def test_idle_helpers_hold_no_memory(monkeypatch):
    monkeypatch.setattr(crew, "_crew", crew._Crew())
    big = np.zeros(10)
    seen = weakref.ref(big)
    both = threading.Barrier(2)
    share(lambda _, big=big: both.wait(PATIENCE), range(2), 2)
    del big
    end = time.monotonic() + PATIENCE
    while seen() is not None and time.monotonic() < end:
        gc.collect()
        time.sleep(0.01)
    assert seen() is None


def test_executors_of_asyncio():
    call = calls(200)[1]
    wanted = bits(call())

    async def several():
        return await asyncio.gather(*(asyncio.to_thread(call) for _ in range(6)))

    assert [bits(made) for made in in_time(lambda: asyncio.run(several()))] == [wanted] * 6


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_child_of_a_fork_goes_on():
    """Forked while another thread computes: BLAS is as it was, helpers are new ones."""
    out = script(
        """
        import os, threading, warnings
        warnings.simplefilter("ignore")
        import numpy as np, polycontrast as pc
        from polycontrast.arrays import one_blas_thread
        from polycontrast.arrays.cpu import blas_limit
        from threadpoolctl import ThreadpoolController

        libraries = [blas_limit._Library(k) for k in ThreadpoolController().lib_controllers]
        for library in libraries:
            library.set(2)
        x, y = np.random.default_rng(0).standard_normal((2, 60, 4))
        call = lambda: pc.info_nce(x, y, tile=(10, 10), workers=3)
        wanted, inside, done = call(), threading.Event(), threading.Event()

        def other():
            with one_blas_thread:
                inside.set()
                done.wait()

        thread = threading.Thread(target=other)
        thread.start()
        inside.wait()
        child = os.fork()
        if child == 0:
            fine = {k.get() for k in libraries} == {2} and call() == wanted
            fine = fine and {k.get() for k in libraries} == {2}
            os._exit(0 if fine else 1)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        done.set()
        thread.join()
        print(code, *{k.get() for k in libraries}, call() == wanted)
        """
    )
    assert out == ["0", "2", "True"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")
@pytest.mark.parametrize("mebibytes", [120, 250])
def test_no_helper_is_started_where_blas_would_find_no_memory(mebibytes):
    """OpenBLAS ends the process then; a call without helpers gives its value."""
    out = script(
        f"""
        import resource, numpy as np, polycontrast as pc
        x, y = np.random.default_rng(0).standard_normal((2, 400, 16))
        taken = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (taken + {mebibytes} * 2**20,) * 2)
        print(float(pc.info_nce(x, y, tile=(100, 100), workers=4)))
        """
    )
    x, y = np.random.default_rng(0).standard_normal((2, 400, 16))
    assert float(out[0]) == pc.info_nce(x, y, tile=(100, 100))


def test_a_call_at_the_end_of_the_interpreter():
    out = script(
        """
        import atexit, numpy as np, polycontrast as pc
        x, y = np.random.default_rng(0).standard_normal((2, 60, 4))
        call = lambda: print(float(pc.info_nce(x, y, tile=(10, 10), workers=3)))
        atexit.register(call)
        call()
        """
    )
    assert len(out) == 2
    assert out[0] == out[1]


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_a_large_product_in_parts(workers):
    """Any number of workers makes the same bits, of any layout, into any place."""
    x, y = np.random.default_rng(0).standard_normal((2, 310, 300))
    exact = x @ y.T
    with computing(x, 1):
        first = matmul(x, y.T)
    np.testing.assert_allclose(first, exact, rtol=1e-12, atol=1e-12)
    with computing(x, workers):
        again = matmul(x, y.T)
        other = matmul(np.asfortranarray(x), y.T, np.empty_like(exact))
    np.testing.assert_array_equal(again, first)
    np.testing.assert_allclose(other, exact, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    "shape",
    [(64, 500, 4000), (4000, 500, 64), (1, 3000, 9000), (33, 2000, 257)],
    ids=["wide", "tall", "one row", "no multiple"],
)
def test_parts_cover_a_product(shape):
    """Each entry belongs to one part, whatever the sides; all workers have the same parts."""
    rows, depth, columns = shape
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((rows, depth)), rng.standard_normal((depth, columns))
    made = {}
    for workers in (1, 3):
        made[workers] = np.full((rows, columns), np.nan)
        with computing(x, workers):
            matmul(x, y, made[workers])
    np.testing.assert_allclose(made[1], x @ y, rtol=1e-11, atol=1e-11)
    np.testing.assert_array_equal(made[3], made[1])


class Library:
    """A library of BLAS that is none: its number belongs to the process, or to each thread."""

    user_api, internal_api, filepath = "blas", "none", ""

    def __init__(self, layer):
        self.threading_layer = layer
        self.number = threading.local() if layer == "openmp" else SimpleNamespace()

    def get_num_threads(self):
        return getattr(self.number, "value", 4)

    def set_num_threads(self, value):
        self.number.value = value


def test_numbers_that_belong_to_a_thread_are_set_on_each():
    library = Library("openmp")
    limit = OneBlasThread(lambda: SimpleNamespace(lib_controllers=[library]))

    def other():
        with limit:
            inside = library.get_num_threads()
        return inside, library.get_num_threads()

    with limit:
        assert library.get_num_threads() == 1
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(other).result() == (1, 4)
        with limit:
            assert library.get_num_threads() == 1
        assert library.get_num_threads() == 1
    assert library.get_num_threads() == 4


def test_a_number_that_another_sets_meanwhile_stays():
    library = Library("pthreads")
    limit = OneBlasThread(lambda: SimpleNamespace(lib_controllers=[library]))
    with limit:
        library.set_num_threads(3)
    assert library.get_num_threads() == 3


def test_a_library_that_is_loaded_later_is_found(monkeypatch):
    early, late = Library("pthreads"), Library("pthreads")
    loaded = [early]
    limit = OneBlasThread(lambda: SimpleNamespace(lib_controllers=loaded))
    with limit:
        assert early.get_num_threads() == 1
    loaded.append(late)
    monkeypatch.setitem(sys.modules, "a_module_that_brings_it", SimpleNamespace())
    with limit:
        assert late.get_num_threads() == 1
    assert (early.get_num_threads(), late.get_num_threads()) == (4, 4)

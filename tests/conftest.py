"""Which optional libraries the run has, which of them must be there, and where its time went."""

import gc
import importlib.util
import os
import sys
from pathlib import Path

import pytest
from backends import REQUIRED, Backend, backend_params, has_cuda
from slowest import slowest_files

# Most of what JAX does here is to compile, once, what runs for a microsecond. These settings make
# that four times as fast: no optimisation, LLVM called once for a program, and the older emitter of
# fused loops, which needs no passes of MLIR.
FAST_TO_COMPILE = (
    "--xla_backend_optimization_level=0",
    "--xla_llvm_disable_expensive_passes=true",
    "--xla_cpu_parallel_codegen_split_count=1",
    "--xla_cpu_use_fusion_emitters=false",
)
os.environ["XLA_FLAGS"] = " ".join([os.environ.get("XLA_FLAGS", ""), *FAST_TO_COMPILE]).strip()


CUDA = Path(__file__).with_name("cuda")  # the folder of the look-alike


def _missing(names):
    return [name for name in names if importlib.util.find_spec(name) is None]


def pytest_configure(config):
    """Refuse to run without a library that POLYCONTRAST_REQUIRE_BACKENDS names."""
    missing = _missing(REQUIRED)
    if missing:
        raise pytest.UsageError(
            f"POLYCONTRAST_REQUIRE_BACKENDS names {', '.join(missing)}, which cannot be imported"
        )
    if Backend.CUPY.module in REQUIRED and not has_cuda():
        raise pytest.UsageError(
            "POLYCONTRAST_REQUIRE_BACKENDS names cupy, which finds no device here"
        )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Give each test of CuPy the mark `gpu` where it needs the device, else `slow` or none.

    Without a device these tests run on the look-alike of `tests/cuda/lookalike`. The mark says why
    a test needs the device, ``cupy(device="why")``, or that it is quick, ``cupy(quick=True)``.
    """
    for item in items:
        mark = item.get_closest_marker("cupy")
        if mark is None:
            continue
        if has_cuda() or "device" in mark.kwargs:
            item.add_marker("gpu")
        elif not mark.kwargs.get("quick"):
            item.add_marker("slow")


@pytest.fixture(autouse=True)
def _cupy_or_its_lookalike(request):
    """Without a device, ``import cupy`` gives the look-alike within the tests that are marked."""
    mark = request.node.get_closest_marker("cupy")
    if mark is None or has_cuda() or "device" in mark.kwargs:
        yield
        return
    if str(CUDA) not in sys.path:
        sys.path.append(str(CUDA))
    import lookalike

    with lookalike.installed():
        yield


def pytest_collection_finish():
    """Let the collector of garbage pass over what is collected here: all of it stays to the end."""
    gc.freeze()


def pytest_report_header(config):
    """Say what is under test and what is not."""
    names = dict.fromkeys(b.module for b in Backend)
    missing = _missing(names)
    found = [name for name in names if name not in missing]
    return f"with {', '.join(found)}; without {', '.join(missing) or 'nothing'}"


def pytest_terminal_summary(terminalreporter):
    """Show which files took the longest; on several workers the seconds are those of all."""
    kept = (report for reports in terminalreporter.stats.values() for report in reports)
    found = slowest_files(r for r in kept if isinstance(r, pytest.TestReport))
    if len(found) > 1:
        terminalreporter.section("slowest files")
        for name, seconds in found:
            terminalreporter.write_line(f"{seconds:8.1f} s  {name}")


@pytest.fixture
def few_starts(monkeypatch):
    """An alignment chooses its start among two whitenings, not nine, which takes most of its time.

    `tests/align/test_start.py` proves the choice among all.
    """
    monkeypatch.setattr("polycontrast.align.training.learning.WHITENINGS", (0.1, 1.0))


@pytest.fixture(params=backend_params())
def backend(request):
    """Every array library in turn; one that is not installed is a reported skip."""
    request.param.xp  # noqa: B018 - skips here
    return request.param

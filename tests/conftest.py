"""Which optional libraries the run has, which of them must be there, and where its time went."""

import importlib.util
import os

import pytest
from backends import REQUIRED, Backend, backend_params, has_cuda
from slowest import slowest_files

# Most of what JAX does here is to compile, once, what runs for a microsecond.
FAST_TO_COMPILE = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {FAST_TO_COMPILE}".strip()


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


@pytest.fixture(params=backend_params())
def backend(request):
    """Every array library in turn; one that is not installed is a reported skip."""
    request.param.xp  # noqa: B018 - skips here
    return request.param

"""The GPU benchmark runs as it would on a device, on the look-alike of CuPy, with small rows."""

import csv
import importlib
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.cupy(quick=True)
FOLDER = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def gpu(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(FOLDER))
    for name in ("gpu", "gpu_torch"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    module = importlib.import_module("gpu")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    return module


def small(gpu, *names):
    cases = [case for case in gpu.CASES if case.name in names]
    return [gpu.Row(case, 64, 8, "bf16", beside=False) for case in cases]


def test_rows_are_written_as_they_are_measured(gpu, monkeypatch, tmp_path):
    rows = small(gpu, "info_nce", "sigmoid_contrastive")
    lengths, table = [], tmp_path / "benchmarks" / "results" / "gpu.csv"
    monkeypatch.setattr(gpu, "short_rows", lambda cases: rows)
    monkeypatch.setattr(gpu, "check", lambda cases, short: None)
    monkeypatch.setattr(sys, "argv", ["gpu.py", "--short", "--runs", "1"])
    measured = gpu.Row.measured

    def noting(self, *args):
        lengths.append(table.read_text("utf-8").count("\n") if table.exists() else 0)
        return measured(self, *args)

    monkeypatch.setattr(gpu.Row, "measured", noting)
    gpu.main()
    assert lengths == [0, 2]
    with table.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert [row["objective"] for row in found] == ["info_nce", "sigmoid_contrastive"]
    assert all(float(row["seconds"]) > 0 for row in found)
    assert (tmp_path / "docs" / "_tables" / "gpu.md").exists()


def test_no_row_is_begun_that_would_end_too_late(gpu, monkeypatch):
    row = small(gpu, "info_nce")[0]
    monkeypatch.setattr(gpu, "product_seconds", lambda *_: 10.0)
    assert row.measured(None, 3, left=100.0) is None
    start = time.perf_counter()
    assert gpu.table([row] * 3, 3, 0.0, pytest.fail) == []
    assert time.perf_counter() - start < 5


def test_the_goals_are_measured_first_and_the_longest_last(gpu):
    rows = [(r.case.name, r.rows, r.depth, r.precision) for r in gpu.short_rows(list(gpu.CASES))]
    assert rows[:2] == [
        ("info_nce", 65_536, 512, "bf16"),
        ("sigmoid_contrastive", 65_536, 768, "bf16"),
    ]
    assert rows[-1] == ("info_nce", 1_048_576, 512, "bf16")
    assert len(set(rows)) == len(rows)
    chosen = [case for case in gpu.CASES if case.name == "nt_xent"]
    assert {r.case.name for r in gpu.short_rows(chosen)} == {"nt_xent"}


def test_values_are_compared_first(gpu, monkeypatch):
    case = next(case for case in gpu.CASES if case.name == "info_nce")
    gpu.check([case], rows=40, depth=16, short=True)

    def wrong(self, inputs, **options):
        return inputs[0].sum() + (1 if options else 0), inputs

    monkeypatch.setattr(gpu.Case, "call", wrong)
    with pytest.raises(SystemExit, match="wrong: above"):
        gpu.check([case], rows=40, depth=16, short=True)


def test_every_row_compiles_its_formula_anew(gpu):
    """torch runs a function eagerly once it has compiled it for eight sizes."""
    torch = pytest.importorskip("torch")
    others = importlib.import_module("gpu_torch")
    made = others.Torch()
    made.torch, compiled = torch, []

    def backend(graph, inputs):
        compiled.append(tuple(inputs[0].shape))
        return graph.forward

    plain = torch.compile
    torch.compile = lambda f, **options: plain(f, backend=backend, **options)
    try:
        for size in range(3, 15):
            made.compiled(lambda x: x * 2)(torch.ones(size))
    finally:
        torch.compile = plain
    assert compiled == [(size,) for size in range(3, 15)]

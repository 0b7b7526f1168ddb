"""The benchmark command measures what it says, and refuses to compare what differs."""

import csv
import dataclasses

import numpy as np
import pytest

from polycontrast.bench.comparison import COLUMNS, compare, measure, same
from polycontrast.bench.measuring import median_times, raised_peak
from polycontrast.bench.quick import OBJECTIVES
from polycontrast.bench.rivals import BACKENDS, RIVALS, available
from polycontrast.cli import main


def rival(name, objective="info_nce", backend=None):
    found = [
        r
        for r in RIVALS
        if r.name == name and r.objective == objective and backend in (None, r.backend)
    ]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    "chosen",
    [r for r in available() if "compile" not in r.name],
    ids=lambda r: f"{r.name}-{r.objective}-{r.backend}",
)
def test_every_rival_that_is_installed_computes_what_ours_does(chosen):
    row = compare(chosen, rows=24, depth=8, runs=1, memory=False)
    assert len(row) == len(COLUMNS)
    assert all(float(row[k]) > 0 for k in (5, 6, 7))


def test_formulas_exist_for_every_backend():
    formulas = {(r.backend, r.objective) for r in RIVALS if "formula" in r.name}
    names = ("info_nce", "nt_xent", "sigmoid_contrastive")
    assert formulas == {(b, n) for b in BACKENDS for n in names}


def test_a_rival_that_computes_something_else_is_refused():
    wrong = dataclasses.replace(
        rival("plain formula", backend="numpy"), parameters={"temperature": 1.0}
    )
    with pytest.raises(ArithmeticError, match="plain formula computes something else"):
        compare(wrong, rows=8, depth=4, runs=1, memory=False)


def test_nan_is_no_agreement():
    g = np.ones((2, 2))
    with pytest.raises(ArithmeticError):
        same("it", (1.0, g), (1.0, g * np.nan))


def test_peak_of_the_process_sees_an_array():
    found = raised_peak(lambda: np.ones(2**24))
    if found is not None:  # Linux
        assert 0.9 * 2**27 < found < 1.2 * 2**27


def test_an_objective_without_a_rival_is_measured_by_itself():
    row = measure("cube_loss", "numpy", rows=100, depth=4, runs=1)
    assert row[3] == "64"
    assert float(row[5]) > 0


def test_the_command_writes_table_and_picture(tmp_path, capsys):
    pytest.importorskip("rich")
    pytest.importorskip("matplotlib")
    out = tmp_path / "bench"
    command = ["bench", "--rows", "16", "--depth", "4", "--runs", "1", "--out", str(out)]
    command += ["--objectives", "info_nce", "poly_view", "--backends", "numpy"]
    assert main(command) == 0
    rows = list(csv.DictReader((out / "bench.csv").read_text(encoding="utf-8").splitlines()))
    assert [(r["objective"], r["rival"]) for r in rows] == [
        ("info_nce", "plain formula"),
        ("poly_view", ""),
    ]
    assert all(float(r["ours ms"]) > 0 and "numpy" in r["setting"] for r in rows)
    assert (out / "bench.png").read_bytes().startswith(b"\x89PNG")
    assert "info_nce" in (out / "bench.md").read_text(encoding="utf-8")
    assert "info_nce" in capsys.readouterr().out

    assert main(command) == 2
    assert "--force replaces it" in capsys.readouterr().err


def test_the_quick_comparison_is_one_screen(tmp_path, monkeypatch, capsys):
    """Our time for each objective and library, a ratio for each rival; no file is written."""
    monkeypatch.chdir(tmp_path)
    command = ["bench", "--quick", "--rows", "8", "300", "--depth", "4", "--runs", "1"]
    assert main([*command, "--backends", "numpy"]) == 0
    _, head, *lines = capsys.readouterr().out.splitlines()
    assert head.split() == ["D", "=", "4", "B", "=", "8", "B", "=", "300"]
    assert len(lines) < 30
    assert all(len(line) <= 80 for line in lines[:-2])
    ours = [line for line in lines if line.endswith(" ms")]
    assert [line.split(",")[0] for line in ours] == list(OBJECTIVES)
    assert all(line.count(" ms") == 2 for line in ours)
    formulas = [line for line in lines if line.startswith("    plain formula")]
    assert len(formulas) == 3
    assert all(line.count(" x") == 2 for line in formulas)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--out", "there"], "--quick writes no files"),
        (["--force"], "--quick writes no files"),
        (["--objectives", "poly_view"], "there are none of these objectives"),
    ],
    ids=["out", "force", "no rival"],
)
def test_what_the_quick_comparison_does_not_take(options, words, capsys):
    assert main(["bench", "--quick", *options]) == 2
    assert words in capsys.readouterr().err


def test_few_runs_of_slow_calls():
    """After the given seconds no turn starts, but there is always one."""
    said = []
    median_times(lambda: said.append("call"), runs=5, seconds=0.0)
    assert said == ["call", "call"]  # for warm-up, and the turn


def test_unknown_objectives_are_refused(tmp_path, capsys):
    pytest.importorskip("rich")
    pytest.importorskip("matplotlib")
    assert main(["bench", "--objectives", "info", "--out", str(tmp_path / "b")]) == 2
    assert "unknown objective 'info'" in capsys.readouterr().err


def test_a_table_of_others_is_kept(tmp_path, capsys):
    pytest.importorskip("rich")
    pytest.importorskip("matplotlib")
    (tmp_path / "bench.csv").write_text("mine,2\n")
    assert main(["bench", "--force", "--out", str(tmp_path)]) == 2
    assert "did not write (bench.csv)" in capsys.readouterr().err
    assert (tmp_path / "bench.csv").read_text() == "mine,2\n"


def test_times_last_until_the_work_is_done():
    """The wait for earlier work is not measured, the wait for the work of the call is."""
    said = []
    median_times(lambda: said.append("call"), runs=2, finish=lambda: said.append("finish"))
    assert said == ["call"] + 2 * ["finish", "call", "finish"]

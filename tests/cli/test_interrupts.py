"""Ctrl-C ends every phase within two seconds, and keeps what was learned."""

import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest

for extra in ("matplotlib", "rich", "tqdm"):
    pytest.importorskip(extra)

if os.name == "nt":
    pytest.skip("sends SIGINT", allow_module_level=True)

LATE = 2.0  # seconds, of a machine with nothing else to do
ALL = {"heads.npz", "report.json", "report.html", "summary.png"}

# The phase of the work in which the signal comes, what the command then leaves, and its exit code.
PHASES = {
    "reading one.npy (MiB)": (set(), 130),
    "checking the numbers of two": (set(), 130),
    "whitening": (set(), 130),
    "choosing the start": (ALL, 0),
    "training": (ALL, 0),
    "mapping the rows": (set(), 130),
    "fitting rivals": ({"heads.npz"}, 130),
    "measuring recall": ({"heads.npz"}, 130),
    "drawing": ({"heads.npz", "report.json"}, 130),
}
# The others are slow together.
QUICK = {"reading one.npy (MiB)", "choosing the start", "measuring recall"}

PROGRAM = """
import os, signal, sys, time
from polycontrast.cli import main, progress
signal.signal(signal.SIGINT, signal.default_int_handler)
real, sent = progress.Bar._show, []

def show(self, phase, done, total, unit, text):
    real(self, phase, done, total, unit, text)
    enough = 1 if phase in ("training", "choosing the start") else 0
    if phase == {phase!r} and done >= enough and not sent:
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

progress.Bar._show = show
from polycontrast.align.job import results
drawing = results.draw
def draw(*arguments):  # what is drawn after the signal does not count
    began = time.monotonic()
    found = drawing(*arguments)
    if sent:
        sent[0] += time.monotonic() - began
    return found
results.draw = draw
code = main(["align", {files}, "--out", "out", "--max-iter", "30"])
print("LATE", time.monotonic() - sent[0], file=sys.stderr)
sys.exit(code)
"""


@pytest.mark.parametrize(
    "phase",
    [p if p in QUICK else pytest.param(p, marks=pytest.mark.slow) for p in PHASES],
)
def test_ctrl_c_in_every_phase(tmp_path, phase):
    rng = np.random.default_rng(0)
    thing = rng.standard_normal((200, 6))
    for name in ("one", "two"):
        view = thing @ rng.standard_normal((6, 30)) + rng.standard_normal((200, 30))
        np.save(tmp_path / f"{name}.npy", view)
    program = PROGRAM.format(phase=phase, files='"one.npy", "two.npy"')
    run = [sys.executable, "-c", textwrap.dedent(program)]
    done = subprocess.run(run, capture_output=True, text=True, cwd=tmp_path, timeout=120)
    left, code = PHASES[phase]
    assert done.returncode == code, done.stderr
    out = tmp_path / "out"
    found = {path.name for path in out.iterdir()} if out.exists() else set()
    assert found == left | ({"aligned"} if left else set())
    assert "interrupted" in done.stderr
    assert "Traceback" not in done.stderr
    if left:
        with np.load(out / "heads.npz") as heads:
            assert len(heads.files) == 6 + 1  # and the state of the `Aligner`
    if code:
        where = "can be found in out" if left else "nothing was written"
        assert where in done.stderr
    late = float(done.stderr.rsplit("LATE", 1)[1])
    load = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    assert late < LATE * load


@pytest.mark.slow
def test_ctrl_c_while_a_large_table_is_read(tmp_path):
    """Reading the 60 MB takes far longer than two seconds; the signal comes in its midst."""
    row = ",".join(f"{n / 7:.6f}" for n in range(60)) + "\n"
    (tmp_path / "one.csv").write_text(row * 120_000)
    program = """
    import os, signal, sys, threading, time
    from polycontrast.cli import main
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sent = []
    def send():
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)
    threading.Timer(1.0, send).start()
    code = main(["align", "one.csv", "one.csv", "--out", "out"])
    print("LATE", time.monotonic() - sent[0], file=sys.stderr)
    sys.exit(code)
    """
    run = [sys.executable, "-c", textwrap.dedent(program)]
    done = subprocess.run(run, capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert done.returncode == 130, done.stderr
    assert "interrupted; nothing was written" in done.stderr
    load = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    assert float(done.stderr.rsplit("LATE", 1)[1]) < LATE * load


def test_one_long_call_of_compiled_code_can_be_left(tmp_path):
    """An eigenproblem that takes far more than two seconds; the signal comes in its midst."""
    program = """
    import os, signal, sys, threading, time
    import numpy as np
    from polycontrast.align.closed_form.eigen import leading_eigenvectors
    signal.signal(signal.SIGINT, signal.default_int_handler)
    matrix = np.random.default_rng(0).standard_normal((3000, 3000))
    matrix = matrix + matrix.T
    began, sent = time.monotonic(), []
    def send():
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)
    threading.Timer(0.7, send).start()
    try:
        leading_eigenvectors(matrix)
    except KeyboardInterrupt:
        print(sent[0] - began, time.monotonic() - sent[0])
    sys.stdout.flush()
    os._exit(0)
    """
    run = [sys.executable, "-c", textwrap.dedent(program)]
    done = subprocess.run(run, capture_output=True, text=True, cwd=tmp_path, timeout=120)
    load = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    sent, late = map(float, done.stdout.split())
    assert sent < (0.7 + LATE) * load  # other threads of Python ran meanwhile
    assert late < LATE * load

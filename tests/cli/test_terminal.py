"""No stream, encoding or terminal turns a command into a traceback."""

import io
import os
import signal
import subprocess
import sys
import threading

import pytest

from polycontrast.align.errors import BadInput
from polycontrast.cli import main
from polycontrast.cli.progress import Bar
from polycontrast.cli.terminal import Stopped, stoppable
from polycontrast.wording import literal, shortened

for extra in ("rich", "tqdm"):
    pytest.importorskip(extra)

COMMANDS = (["losses"], ["--version"], ["--help"], ["align", "--help"], [], ["align", "--dim", "x"])


def call(command):
    """Exit code of a command, as the process would have it."""
    try:
        return main(command)
    except SystemExit as stop:
        return stop.code


def stream(target, encoding="utf-8"):
    return io.TextIOWrapper(target, encoding=encoding, write_through=False)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_any_encoding(monkeypatch, command, encoding):
    """Letters that stdout cannot encode are escapes; the stream is as before afterwards."""
    out, err = stream(io.BytesIO(), encoding), stream(io.BytesIO(), encoding)
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    assert call(command) == (2 if "x" in command else 0)
    assert out.errors == "strict"
    for each in (out, err):
        each.flush()
    text = (out.buffer.getvalue() + err.buffer.getvalue()).decode(encoding)
    assert "Traceback" not in text
    assert text


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("closed", [("stdout",), ("stderr",), ("stdout", "stderr")], ids="+".join)
def test_closed_streams(monkeypatch, command, closed):
    """Python has None for a stream that was closed by whoever started it."""
    for name in closed:
        monkeypatch.setattr(sys, name, None)
    assert call(command) == (2 if "x" in command else 0)
    assert all(getattr(sys, name) is None for name in closed)


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
@pytest.mark.parametrize("command", COMMANDS[:-1], ids=" ".join)
def test_a_reader_that_has_gone(monkeypatch, capsys, command):
    """`polycontrast losses | head -1` ends quietly, and so does the exit of Python."""
    reader, writer = os.pipe()
    os.close(reader)
    with stream(os.fdopen(writer, "wb")) as out:
        monkeypatch.setattr(sys, "stdout", out)
        assert call(command) == 0
        out.write("more\n")
        out.flush()
    assert capsys.readouterr().err == ""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_behind_stdout(monkeypatch, capsys):
    with stream(open("/dev/full", "wb")) as out:
        monkeypatch.setattr(sys, "stdout", out)
        assert call(["losses"]) == 1
    said = capsys.readouterr().err
    assert said == "polycontrast: the output cannot be written: No space left on device\n"


@pytest.mark.skipif(os.name == "nt", reason="a shell of POSIX")
def test_a_shell(tmp_path):
    """The same from outside: pipes, closed descriptors, a poor locale, a poor terminal."""
    script = """
        export LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 TERM=dumb
        $P losses | head -1 > head; $P losses > C; $P losses >&- 2>&-; echo $? > closed
    """
    program = f'"{sys.executable}" -W error -m polycontrast.cli'
    script = script.replace("$P", program)
    done = subprocess.run(["sh", "-c", script], cwd=tmp_path, capture_output=True, timeout=100)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert b"poly_view" in (tmp_path / "C").read_bytes()
    assert (tmp_path / "closed").read_text() == "0\n"


def test_a_bar_whose_terminal_has_gone(monkeypatch):
    """Training goes on: `polycontrast align 2>&1 | head -1` still writes its results."""
    from polycontrast.align.training.tracking import Progress

    class Gone(io.StringIO):
        def write(self, text):
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stderr", Gone())
    with Bar() as bar:
        for n in range(3):
            bar(Progress(n, 1.0, 0.5, 0.5, 3, 0.1, "iteration"))


def test_a_bar_of_batches_shows_rows_a_second_and_the_time_left(monkeypatch):
    """10,000 of 40,000 rows in 5 s: 2,000 rows a second, half an epoch, 15 s to go."""
    from polycontrast.align.training.tracking import ROWS, Progress
    from polycontrast.cli import progress

    clock, written = [100.0], io.StringIO()
    monkeypatch.setattr(progress.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(sys, "stderr", written)
    with Bar() as bar:
        bar(Progress(0, 1.0, None, None, 2, 0.1, "epoch"))
        clock[0] += 5
        bar.watch(ROWS, 10_000, 40_000)
        assert "0.5/2 epochs" in written.getvalue()
        assert "2,000 rows/s, 00:05, about 00:15 left" in written.getvalue()


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (BadInput("one\ntwo \x1b[2J caf\udce9"), 2, r"one two \x1b[2J caf\udce9"),
        (MemoryError("Unable to allocate 8 TiB"), 1, "not enough memory: Unable to allocate 8 TiB"),
        (KeyboardInterrupt(), 130, "interrupted; nothing was written"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_errors_are_one_line(monkeypatch, capsys, error, code, words):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr("polycontrast.objectives", fail)
    assert main(["losses"]) == code
    assert capsys.readouterr().err == f"polycontrast losses: {words}\n"


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="signals of POSIX")
class TestSignals:
    def test_become_an_error_once(self):
        """A second one while things are cleared up changes nothing; handlers are put back."""
        before = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the suite may run under nohup

        def twice():
            with stoppable():
                try:
                    signal.raise_signal(signal.SIGHUP)
                finally:
                    signal.raise_signal(signal.SIGTERM)

        try:
            with pytest.raises(Stopped, match="stopped by SIGHUP") as stopped:
                twice()
        finally:
            signal.signal(signal.SIGHUP, before)
        assert stopped.value.code == 129
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL

    def test_one_that_is_ignored_stays_so(self):
        """As under nohup."""
        before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
        try:
            with stoppable():
                signal.raise_signal(signal.SIGHUP)
        finally:
            signal.signal(signal.SIGHUP, before)

    def test_a_command_runs_off_the_main_thread(self, capsys):
        codes = []
        thread = threading.Thread(target=lambda: codes.append(call(["--version"])))
        thread.start()
        thread.join()
        assert codes == [0]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("$x_1$ <b> & 'שלום' 😀👩‍💻", "$x_1$ <b> & 'שלום' 😀👩‍💻"),
        ("a\nb\u2028c\x7f\0", r"a\nb\u2028c\x7f\x00"),
        (b"caf\xc3\xa9 \xff", r"café \udcff"),
        ("\ud800", r"\ud800"),
        (1.5, "1.5"),
    ],
)
def test_words_are_literal(words, text):
    assert literal(words) == text
    literal(words).encode("utf-8")
    assert shortened(words, 3) == (text[:2] + "…" if len(text) > 3 else text)

"""Results are kept whatever happens while they are made, and files of others are never lost."""

import errno
import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from polycontrast.align import BadInput
from polycontrast.align.errors import Unfinished
from polycontrast.align.job.names import row_files, written_before
from polycontrast.align.job.output import check_output, whole_folder, write_all
from polycontrast.cli import main

pytest.importorskip("matplotlib")

STEPS = ["heads.npz", "aligned/one.npy", "aligned/two.npy", "report.json", "summary.png"]
STEPS += ["report.html"]
NO_SPACE = os.strerror(errno.ENOSPC)


@pytest.fixture
def job(tmp_path, monkeypatch, plain_pictures):
    """Run `polycontrast align` on two small views into out/; pictures are not drawn.

    `meanwhile` is called between the training and the writing.
    """
    rng = np.random.default_rng(0)
    thing = rng.standard_normal((40, 3))
    for name in ("one", "two"):
        np.save(tmp_path / f"{name}.npy", thing @ rng.standard_normal((3, 4)))

    def run(*options, out=tmp_path / "out", meanwhile=lambda: None):
        from polycontrast.align.job import fit

        def trained(*arguments):
            outcome = fit(*arguments)
            meanwhile()
            return outcome

        with monkeypatch.context() as patched:
            patched.setattr("polycontrast.cli.align.fit", trained)
            given = [f"{tmp_path}/one.npy", f"{tmp_path}/two.npy", "--out", str(out), *options]
            return main(["align", "--quiet", "--max-iter", "1", *given])

    return run


def files_in(folder):
    return {
        path.relative_to(folder).as_posix() for path in Path(folder).rglob("*") if path.is_file()
    }


def one_line(capsys, *parts):
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    for part in parts:
        assert part in err
    return err


class TestFilesOfOthers:
    """What a user puts at --out while the command runs is there afterwards, with its content."""

    def test_a_folder_made_meanwhile(self, job, tmp_path):
        """Before: the folder was removed and the exit code was 0."""

        def meanwhile():
            (tmp_path / "out").mkdir()
            (tmp_path / "out" / "thesis.tex").write_text("years of work")

        assert job(meanwhile=meanwhile) == 0
        assert (tmp_path / "out" / "thesis.tex").read_text() == "years of work"
        assert files_in(tmp_path / "out") == {*STEPS, "thesis.tex"}

    def test_a_file_that_appears_under_force(self, job, tmp_path):
        """Before: it was removed with the results that --force replaces."""
        assert job() == 0
        old = (tmp_path / "out" / "heads.npz").read_bytes()
        mine = tmp_path / "out" / "aligned" / "mine.npy"
        code = job("--force", "--seed", "3", meanwhile=lambda: mine.write_bytes(b"mine"))
        assert code == 0
        assert mine.read_bytes() == b"mine"
        assert files_in(tmp_path / "out") == {*STEPS, "aligned/mine.npy"}
        assert (tmp_path / "out" / "heads.npz").read_bytes() != old

    @pytest.mark.parametrize("name", ["aligned/mine.npy", "aligned/sub/mine.npy", "mine", "m/n"])
    def test_files_between_results_are_refused_before_the_training(
        self, job, tmp_path, capsys, name
    ):
        """Before: a file inside aligned/ was removed."""
        assert job() == 0
        mine = tmp_path / "out" / name
        mine.parent.mkdir(exist_ok=True)
        mine.write_text("mine")
        before = files_in(tmp_path / "out")
        assert job("--force", meanwhile=lambda: pytest.fail("trained")) == 2
        one_line(capsys, "holds files that this command did not write (", "not replaced")
        assert files_in(tmp_path / "out") == before

    @pytest.mark.parametrize("force", [[], ["--force"]])
    def test_what_is_in_the_way_stays(self, job, tmp_path, capsys, force):
        """A user's heads.npz, made or changed while the command ran; the results lie beside it."""
        mine = tmp_path / "out" / "heads.npz"
        if force:
            assert job() == 0
        else:
            mine.parent.mkdir()
        before = files_in(tmp_path / "out") | {"heads.npz"}
        assert job(*force, meanwhile=lambda: mine.write_text("mine")) == 1
        assert mine.read_text() == "mine"
        (kept,) = mine.parent.glob("polycontrast-*")
        one_line(
            capsys, f"{mine}: another put something there meanwhile; the results are in {kept}"
        )
        assert files_in(kept) == set(STEPS)
        assert job("--force") == 2
        one_line(capsys, f"holds results of a run that could not finish ({kept.name}); move or")
        kept.rename(tmp_path / "kept")
        assert files_in(tmp_path / "out") == before

    @pytest.mark.parametrize("kind", ["file", "link", "dangling"])
    def test_something_else_takes_the_place(self, job, tmp_path, capsys, monkeypatch, kind):
        """A file or a link at --out: it stays, and the results are among the temporary files."""
        out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
        (tmp_path / "temporary").mkdir()
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))

        def meanwhile():
            if kind == "file":
                out.write_text("mine")
            else:
                if kind == "link":
                    elsewhere.mkdir()
                out.symlink_to(elsewhere)

        assert job(meanwhile=meanwhile) == 1
        (kept,) = (tmp_path / "temporary").iterdir()
        one_line(capsys, f"{out}: can no longer be written; the results are in {kept}")
        assert files_in(kept) == set(STEPS)
        assert out.read_text() == "mine" if kind == "file" else out.is_symlink()
        assert not elsewhere.exists() or not list(elsewhere.iterdir())

    def test_two_runs_at_once(self, job, tmp_path, capsys):
        """The first to end has the place; the results of the other are kept beside them."""
        assert job(meanwhile=lambda: job("--seed", "5")) == 1
        (kept,) = (tmp_path / "out").glob("polycontrast-*")
        assert files_in(kept) == set(STEPS)
        assert files_in(tmp_path / "out") - {f"{kept.name}/{n}" for n in STEPS} == set(STEPS)

    def test_results_of_a_run_with_other_views_make_way(self, tmp_path):
        """Rows of views that are no longer there do not stay beside new ones."""
        out = tmp_path / "out"
        for views in (["a", "b"], ["b", "c"]):
            replace = check_output(out, force=True)
            with whole_folder(out, replace) as folder:
                files = {"x": f"aligned/{views[0]}.npy", "y": "aligned/b.npy"}
                report = json.dumps({"polycontrast": "0.1", "files": files})
                (folder / "report.json").write_text(report)
                (folder / "aligned").mkdir()
                for view in views:
                    (folder / "aligned" / f"{view}.npy").write_text(view)
            if views[0] == "a":
                assert files_in(out) == {"report.json", "aligned/a.npy", "aligned/b.npy"}
        assert files_in(out) == {"report.json", "aligned/b.npy", "aligned/c.npy"}

    @pytest.mark.parametrize("report", ["{", "[]", "null", '{"files": ["../x"]}', "[" * 10**5])
    def test_a_report_that_is_not_ours_claims_nothing(self, tmp_path, report):
        (tmp_path / "report.json").write_text(report)
        assert not written_before(tmp_path)
        with pytest.raises(BadInput, match="did not write"):
            check_output(tmp_path, force=True)

    @pytest.mark.parametrize("name", ["heads.npz", "report.html", "summary.png"])
    def test_files_with_names_of_ours_are_kept_where_no_report_is(self, tmp_path, name):
        (tmp_path / name).write_text("mine")
        with pytest.raises(BadInput, match=rf"did not write \({name}\)"):
            check_output(tmp_path, force=True)


class TestFailures:
    """A full disk or a picture that fails costs what it must, and never the training."""

    @pytest.mark.parametrize("name", STEPS)
    def test_a_disk_that_fills_up(self, job, tmp_path, capsys, monkeypatch, name):
        """Full from one file on: those before are in place; heads go elsewhere if they must."""
        from polycontrast.align.job import output

        write, full = output._write, []
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

        def limited(path, step):
            if path.as_posix().endswith(name):
                full.append(path.parents[name.count("/")])
            if full and full[0] in path.parents:

                def step(path):
                    path.write_bytes(b"half")
                    raise OSError(errno.ENOSPC, NO_SPACE, str(path))

            write(path, step)

        monkeypatch.setattr(output, "_write", limited)
        assert job() == 1
        said = one_line(capsys, name, f"could not be written: {NO_SPACE}; heads.npz")
        place = Path(said.split(" can be found in ")[1].removesuffix("\n"))
        if name == "heads.npz":
            assert files_in(place) == {"heads.npz"}
            assert place.parent == tmp_path
            assert not (tmp_path / "out").exists()
        else:
            assert place == tmp_path / "out"
            assert files_in(place) == set(STEPS[: STEPS.index(name)])
        assert set(np.load(place / "heads.npz")) >= {"one/weights", "two/weights"}

    def test_no_space_anywhere(self, job, tmp_path, capsys, monkeypatch):
        def full(path, *_):
            raise OSError(errno.ENOSPC, NO_SPACE, str(path))

        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        monkeypatch.setattr("polycontrast.align.job.output._write", full)
        before = files_in(tmp_path)
        assert job() == 1
        named = "heads.npz, aligned/one.npy, aligned/two.npy and 3 more"
        one_line(capsys, f"{named} could not be written")
        assert files_in(tmp_path) == before
        assert not (tmp_path / "out").exists()

    @pytest.mark.parametrize("call", ["mkdir", "rename"])
    def test_no_space_for_folders(self, job, tmp_path, capsys, monkeypatch, call):
        """Full when the draft is made, or when its files are to take their places."""
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
        (tmp_path / "temporary").mkdir()

        def meanwhile():
            real = getattr(Path, call)

            def fails(path, *rest, **options):
                if tmp_path / "temporary" in (path, *path.parents):
                    return real(path, *rest, **options)
                raise OSError(errno.ENOSPC, NO_SPACE, str(path))

            patched.setattr(Path, call, fails)

        with monkeypatch.context() as patched:
            assert job(meanwhile=meanwhile) == 1
        said = one_line(capsys, "; the results are in ")
        assert files_in(said.split("results are in ")[1].strip()) == set(STEPS)

    @pytest.mark.parametrize("error", [RuntimeError("no ink"), ValueError(), MemoryError("8 GiB")])
    def test_a_picture_that_fails(self, job, tmp_path, capsys, monkeypatch, error):
        def fail(*_):
            raise error

        monkeypatch.setattr("polycontrast.align.job.results.draw", fail)
        assert job() == 1
        reason = str(error) or "ValueError"
        one_line(
            capsys,
            f"summary.png, report.html could not be written: {reason}; heads.npz, report.json, "
            f"aligned/one.npy and 1 more can be found in {tmp_path / 'out'}",
        )
        assert files_in(tmp_path / "out") == set(STEPS[:4])

    def test_the_next_run_replaces_results_in_part(self, job, tmp_path, monkeypatch):
        def fail(*_):
            raise RuntimeError("no ink")

        with monkeypatch.context() as patched:
            patched.setattr("polycontrast.align.job.results.draw", fail)
            assert job() == 1
        assert job() == 2
        assert job("--force") == 0
        assert files_in(tmp_path / "out") == set(STEPS)

    def test_a_move_that_fails_is_taken_back(self, tmp_path, monkeypatch):
        """Old results are whole where one of the new files cannot take its place."""
        out = tmp_path / "out"
        replace = check_output(out, force=False)
        names = ["heads.npz", "report.json", "summary.png"]

        def text(word):
            return json.dumps({"polycontrast": "0.1", "files": {}, "word": word})

        with whole_folder(out, replace) as folder:
            write_all(folder, {name: lambda path: path.write_text(text("old")) for name in names})
        replace = check_output(out, force=True)
        rename = Path.rename

        def fails(path, target):
            if target == out / "report.json" and path.read_text() == text("new"):
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return rename(path, target)

        monkeypatch.setattr(Path, "rename", fails)
        expected = pytest.raises(Unfinished, match=os.strerror(errno.EIO))
        with expected, whole_folder(out, replace) as folder:
            write_all(folder, {name: lambda path: path.write_text(text("new")) for name in names})
        (kept,) = out.glob("polycontrast-*")
        assert [(out / name).read_text() for name in names] == [text("old")] * 3
        assert [(kept / name).read_text() for name in names] == [text("new")] * 3


HOSTILE = {
    "file": ("x", "exists and is no folder"),
    "below a file": ("x/deeper", "cannot be written"),
    "link": ("link", "is a link; name the folder that should hold the results"),
    "dangling link": ("dangling", "is a link"),
    "link with a slash": ("link/", "is a link"),
    "too long": ("n" * 300, f"cannot be written: {os.strerror(errno.ENAMETOOLONG)}"),
    "too deep": ("/".join(["n" * 200] * 30), "cannot be written"),
    "newline": ("two\nlines", r"--out must be a path without line ends and controls; got"),
    "escape": ("\x1b[2J", "--out must be a path without line ends and controls"),
    "NUL": ("a\0b", "--out must be a path without line ends and controls"),
    "inputs": ("in", "in: holds files that this command did not write (one.npy, two.npy)"),
    "current": (".", ".: is the current folder; name one inside it"),
    "empty": ("", "is the current folder"),
    "above": ("..", "holds files that this command did not write"),
    "root": ("/", "/: is the root of the file system; name a folder inside it"),
    "home of all": ("/tmp/..", "is the root of the file system"),
}


@pytest.mark.skipif(os.name == "nt", reason="paths of POSIX")
class TestHostilePlaces:
    """A place that cannot hold the results is refused in one line, before any training."""

    @pytest.mark.parametrize("force", [[], ["--force"]], ids=["plain", "force"])
    @pytest.mark.parametrize(("out", "words"), HOSTILE.values(), ids=list(HOSTILE))
    def test_is_refused(self, job, tmp_path, capsys, monkeypatch, out, words, force):
        (tmp_path / "x").write_text("a note")
        (tmp_path / "in").mkdir()
        for name in ("one", "two"):
            (tmp_path / "in" / f"{name}.npy").write_bytes((tmp_path / f"{name}.npy").read_bytes())
        (tmp_path / "empty").mkdir()
        (tmp_path / "link").symlink_to("empty")
        (tmp_path / "dangling").symlink_to("nowhere")
        monkeypatch.chdir(tmp_path)
        before = sorted(tmp_path.rglob("*"))
        assert job(*force, out=out, meanwhile=lambda: pytest.fail("trained")) == 2
        one_line(capsys, words)
        assert sorted(tmp_path.rglob("*")) == before

    @pytest.mark.parametrize("number", ["EROFS", "ENOSPC", "EACCES", "EDQUOT"])
    def test_a_disk_that_takes_nothing(self, job, tmp_path, capsys, monkeypatch, number):
        """Read-only, full, closed or over quota, as the system says when a folder is made."""
        reason = os.strerror(getattr(errno, number))

        def refuse(path, *_, **__):
            raise OSError(getattr(errno, number), reason, str(path))

        monkeypatch.setattr(Path, "mkdir", refuse)
        assert job(meanwhile=lambda: pytest.fail("trained")) == 2
        words = f"no permission in {tmp_path}" if number == "EACCES" else reason
        one_line(capsys, f"{tmp_path / 'out'}: cannot be written: {words}")

    def test_a_refusal_leaves_no_folder(self, job, tmp_path, capsys):
        out = tmp_path / "a" / "b" / ("n" * 300)
        assert job(out=out) == 2
        assert not (tmp_path / "a").exists()

    def test_folders_above_are_made(self, job, tmp_path):
        assert job(out=tmp_path / "a" / "b" / "out") == 0
        assert files_in(tmp_path / "a") == {f"b/out/{name}" for name in STEPS}

    def test_the_longest_name_that_is_possible(self, job, tmp_path):
        """Before: the temporary folder had a longer name, so the run failed after the training."""
        assert job(out=tmp_path / ("n" * 255)) == 0
        assert files_in(tmp_path / ("n" * 255)) == set(STEPS)

    @pytest.mark.parametrize("command", ["align", "bench"])
    def test_every_command_that_writes(self, tmp_path, capsys, command):
        (tmp_path / "x").write_text("a note")
        assert main([command, "--out", str(tmp_path / "x"), "--force"]) == 2
        one_line(capsys, f"polycontrast {command}: {tmp_path / 'x'}: exists and is no folder")


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize(
    ("stage", "number"),
    [
        ("reading", "SIGTERM"),
        ("writing", "SIGTERM"),
        ("writing", "SIGHUP"),
        ("writing", "SIGINT"),
    ],
)
def test_a_signal_leaves_nothing_half_done(tmp_path, stage, number):
    """While rows are read nothing is left; while results are written the complete ones are."""
    program = f"""
        import os, signal, sys, time
        from polycontrast.cli import align, main
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        def stop(path):
            path.write_text("half")
            os.kill(os.getpid(), signal.{number})
            time.sleep(30)
        def write(folder, *_):
            from polycontrast.align.job.output import write_all
            write_all(folder, {{"heads.npz": lambda p: p.write_text("whole"), "report.json": stop}})
        align.write_results = write
        align.train = lambda *_: type("Outcome", (), {{}})()
        if "{stage}" == "reading":
            align.check_task = lambda *_: stop(align.Path("half.txt"))
        sys.exit(main(["align", "--quiet", "--out", "out"]))
    """
    run = [sys.executable, "-c", textwrap.dedent(program)]
    done = subprocess.run(run, capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert done.returncode == 128 + getattr(signal, number)
    assert done.stderr.count("\n") == 1
    what = "interrupted" if number == "SIGINT" else f"stopped by {number}"
    if stage == "reading":
        assert done.stderr == f"polycontrast align: {what}; nothing was written\n"
        assert not (tmp_path / "out").exists()
    else:
        assert done.stderr == f"polycontrast align: {what}; heads.npz can be found in out\n"
        assert files_in(tmp_path / "out") == {"heads.npz"}


def test_names_of_files_of_views():
    """One file a view, whatever the views are called; plain names stay as they are."""
    views = ["image", "two words", "a/b", "..", "A", "a", "x" * 400, "\udce9", "two\nlines", "\xe9"]
    views.append("e\u0301")  # the same letter
    files = row_files(views)
    assert list(files) == views
    assert files["image"] == "aligned/image.npy"
    assert files["two words"] == "aligned/two words.npy"
    names = [file.removeprefix("aligned/") for file in files.values()]
    assert len({name.casefold() for name in names}) == len(views)
    for name in names:
        assert "/" not in name
        assert len(name.encode()) < 250
        assert name.isprintable()

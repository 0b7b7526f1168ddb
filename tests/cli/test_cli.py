"""The command line: results whole or not at all, one line for what is wrong, exit codes."""

import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest

import polycontrast as pc
from polycontrast.cli import main
from polycontrast.cli.main import parser

needs_extra = pytest.mark.skipif(
    not all(
        __import__("importlib.util").util.find_spec(name) for name in ("matplotlib", "tqdm", "rich")
    ),
    reason="needs the extra align",
)
pytestmark = pytest.mark.usefixtures("plain_pictures")
RESULTS = {"heads.npz", "aligned", "report.json", "report.html", "summary.png"}


@pytest.fixture
def files(tmp_path):
    """Three files of views of 80 things, and their classes."""
    rng = np.random.default_rng(0)
    classes = rng.integers(0, 4, 80)
    thing = 2 * np.eye(4)[classes] + rng.standard_normal((80, 4))
    views = [thing @ rng.standard_normal((4, d)) for d in (5, 6, 7)]
    np.save(tmp_path / "one.npy", views[0])
    np.savez(tmp_path / "rest.npz", two=views[1], three=views[2])
    header = ",".join(f"c{n}" for n in range(7))
    np.savetxt(tmp_path / "three.csv", views[2], delimiter=",", header=header, comments="")
    np.save(tmp_path / "y.npy", classes)
    return [f"{tmp_path}/one.npy", f"{tmp_path}/rest.npz:two", f"{tmp_path}/three.csv"]


def align(tmp_path, *arguments):
    return main(["align", "--out", str(tmp_path / "out"), "--max-iter", "2", *map(str, arguments)])


def wrong(capsys, code, *parts):
    """Check that the exit code is 2 and stderr is one line with all the parts."""
    out, err = capsys.readouterr()
    assert code == 2
    assert out == ""
    assert err.count("\n") == 1
    for part in parts:
        assert part in err
    return err


@needs_extra
def test_the_example_of_words(tmp_path, capsys, monkeypatch):
    """Rows are words, failures are named by them, and the page has the command and the source."""
    from polycontrast import data

    views, words = data.load_words()
    few = {name: view[::100] for name, view in views.items()}
    monkeypatch.setattr(data, "load_words", lambda: (few, words[::100]))
    assert align(tmp_path, "--example", "words", "--dim", 4, "--whitening", 1) == 0
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert report["views"] == ["spelling", "sound"]
    assert report["matching"]["matched"] == 80
    assert report["attribution"] == data.WORDS_ATTRIBUTION
    assert {one["id"] for one in report["failures"]["rows"]} <= set(words)
    assert report["command"].startswith("polycontrast align --out ")
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "<span>--example</span> <span>words</span>" in page


@needs_extra
def test_an_example_takes_no_files(files, tmp_path, capsys):
    wrong(capsys, align(tmp_path, "--example", "words", *files), "--example words", "no files")


@needs_extra
def test_files_in_results_out(files, tmp_path, capsys, monkeypatch):
    """All results are there, unit rows in file order, and the table says what the report says."""
    monkeypatch.undo()  # pictures too
    assert align(tmp_path, *files, "--labels", tmp_path / "y.npy", "--dim", 4) == 0
    out = tmp_path / "out"
    assert {entry.name for entry in out.iterdir()} == RESULTS
    names = ["one", "two", "three"]
    assert {entry.stem for entry in (out / "aligned").iterdir()} == set(names)
    assert (out / "summary.png").read_bytes().startswith(b"\x89PNG")
    for name in names:
        rows = np.load(out / "aligned" / f"{name}.npy")
        assert rows.shape == (80, 4)
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, rtol=1e-5)
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert report["views"] == names
    assert (report["n_train"], report["n_test"]) == (56, 24)
    assert report["probe_accuracy"] > 0.4
    said, bar = capsys.readouterr()
    assert f"{report['holdout']['recall@1']:.4f}" in said
    assert "training" in bar
    assert "loss" in bar
    assert "None" not in bar
    assert "00:00 left" not in bar
    assert f"whitening {report['whitening']:.3g} (chosen)" in said


@needs_extra
def test_the_built_in_digits(tmp_path, capsys, few_starts):
    """Without files: six views with labels, and two iterations already beat multi-set CCA."""
    code = main(["align", "--out", str(tmp_path / "out"), "--max-iter", "2", "--quiet"])
    assert code == 0
    assert capsys.readouterr() == ("", "")
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert (report["n_train"], report["n_test"]) == (1400, 600)
    assert report["holdout"]["recall@1"] > report["start"]["recall@1"] > 0.25
    assert "CC BY 4.0" in report["attribution"]
    assert "CC BY 4.0" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


@needs_extra
@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_the_default_run_reaches_its_figure(tmp_path, seed):
    """Mean held-out recall@1 over the 30 pairs is at least 0.30, where chance is 1/600."""
    assert main(["align", "--out", str(tmp_path / "out"), "--quiet", "--seed", str(seed)]) == 0
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    print(f"recall@1 {report['holdout']['recall@1']:.4f} in {report['seconds']:.1f} s")
    assert report["holdout"]["recall@1"] >= 0.30
    assert report["probe_accuracy"] > 0.8


@needs_extra
def test_a_seed_gives_the_same_results(files, tmp_path):
    reports = []
    for force in ([], ["--force"]):
        assert align(tmp_path, *files, "--quiet", "--seed", 7, *force) == 0
        reports.append(json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8")))
    assert reports[0]["loss"] == reports[1]["loss"]
    assert reports[0]["holdout"] == reports[1]["holdout"]


@needs_extra
@pytest.mark.parametrize(
    "options",
    [
        ["--objective", "sufficient_statistics", "--temperature", "learned"],
        ["--param", "aggregation=arithmetic", "--workers", "1"],
        ["--batch", "16", "--holdout", "0.5"],
        ["--objective", "cube_loss", "--param", "negatives=axis"],
    ],
    ids=lambda options: options[1],
)
def test_options_reach_the_estimator(files, tmp_path, options):
    assert align(tmp_path, *files, "--quiet", *options) == 0
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    given = dict(zip(options[::2], options[1::2], strict=True))
    assert report["objective"] == given.get("--objective", "poly_view")
    chosen = "learned" if "--temperature" in given else "default"
    assert report["temperature_from"] == chosen
    assert report["n_test"] == (40 if "--holdout" in given else 24)


@needs_extra
class TestOutput:
    """The folder of results is never half written, and nothing of others is lost."""

    def test_an_existing_one_needs_force(self, files, tmp_path, capsys):
        assert align(tmp_path, *files, "--quiet") == 0
        before = (tmp_path / "out" / "report.json").read_bytes()
        wrong(capsys, align(tmp_path, *files, "--quiet"), "exists already; --force replaces it")
        assert (tmp_path / "out" / "report.json").read_bytes() == before
        assert align(tmp_path, *files, "--quiet", "--force", "--seed", 3) == 0
        assert (tmp_path / "out" / "report.json").read_bytes() != before
        assert {entry.name for entry in (tmp_path / "out").iterdir()} == RESULTS

    def test_files_of_others_are_not_replaced(self, files, tmp_path, capsys):
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "thesis.tex").write_text("years of work")
        code = align(tmp_path, *files, "--quiet", "--force")
        wrong(capsys, code, "holds files that this command did not write (thesis.tex)")
        assert (tmp_path / "out" / "thesis.tex").read_text() == "years of work"

    @pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a folder closed to us")
    def test_a_place_that_is_closed_is_named(self, files, tmp_path, capsys):
        (tmp_path / "closed").mkdir(mode=0o500)
        code = main(["align", *files, "--out", str(tmp_path / "closed" / "out")])
        wrong(capsys, code, "cannot be written: no permission in")

    def test_a_file_is_no_place(self, files, tmp_path, capsys):
        (tmp_path / "out").write_text("a note")
        wrong(capsys, align(tmp_path, *files), "exists and is no folder")
        code = main(["align", *files, "--out", str(tmp_path / "out" / "deeper")])
        wrong(capsys, code, "cannot be written")

    def test_a_failure_leaves_the_old_results(self, files, tmp_path, monkeypatch, capsys):
        """With --force: results in part do not replace old ones that are whole."""
        assert align(tmp_path, *files, "--quiet") == 0
        before = (tmp_path / "out" / "report.json").read_bytes()

        def fail(*_):
            raise RuntimeError("no ink")

        monkeypatch.setattr("polycontrast.align.job.results.to_html", fail)
        assert align(tmp_path, *files, "--quiet", "--force", "--seed", 3) == 1
        said = capsys.readouterr().err
        assert said.count("\n") == 1
        assert "report.html could not be written: no ink; heads.npz, report.json" in said
        assert (tmp_path / "out" / "report.json").read_bytes() == before
        (kept,) = (tmp_path / "out").glob("polycontrast-*")
        assert said.endswith(f" can be found in {kept}\n")
        assert {entry.name for entry in kept.iterdir()} == RESULTS - {"report.html"}


def put_nan(tmp_path):
    table = np.loadtxt(tmp_path / "three.csv", delimiter=",", skiprows=1)
    table[5, 2] = np.nan
    np.savetxt(
        tmp_path / "three.csv",
        table,
        delimiter=",",
        header=",".join(f"c{n}" for n in range(7)),
        comments="",
    )


@needs_extra
class TestBadInput:
    """One line on stderr, exit code 2, and no folder."""

    @pytest.mark.parametrize(
        ("change", "options", "parts"),
        [
            (None, ["--objective", "poly_vew"], ["unknown objective 'poly_vew'", "poly_view"]),
            (None, ["--objective", "nt_xent"], ["nt_xent takes two views; got 3"]),
            (None, ["--param", "aggregation=harmonic"], ["unknown aggregation 'harmonic'"]),
            (
                None,
                ["--param", "reduction=none"],
                ["reduction must be 'mean' to align; got 'none'"],
            ),
            (None, ["--param", "wrt=views"], ["wrt is no parameter of an alignment"]),
            (None, ["--param", "self=1"], ["self is no parameter of an alignment"]),
            (None, ["--param", "mask=1"], ["mask is an array, which an alignment does not take"]),
            (None, ["--param", "temperature=1_0"], ["temperature must be a number, got '1_0'"]),
            (None, ["--param", "tile=3"], ["tile must be two positive integers"]),
            (None, ["--param", "aggregation=" + "(" * 999], ["unknown aggregation"]),
            (None, ["--temperature", "1e-320"], ["temperature must be at least 1e-06 to align"]),
            (None, ["--labels", "none.npy"], ["none.npy: no such file"]),
            (put_nan, [], ["three", "column 'c2', in 1 of 80 rows", "row 5"]),
            (
                lambda path: np.save(path / "one.npy", np.ones((79, 2))),
                [],
                ["equal numbers of rows", "one 79", "two 80", "three 80"],
            ),
            (
                lambda path: np.save(path / "one.npy", np.ones((80, 2))),
                [],
                ["one has no column that varies"],
            ),
            (
                lambda path: (path / "three.csv").write_text("id,who\n1,ada\n"),
                [],
                ["three.csv: not numeric: column 'who' ('ada' in line 2)"],
            ),
        ],
    )
    def test_is_named(self, files, tmp_path, capsys, change, options, parts):
        if change is not None:
            change(tmp_path)
        wrong(capsys, align(tmp_path, *files, *options), *parts)
        assert not (tmp_path / "out").exists()

    def test_one_view_is_not_enough(self, files, tmp_path, capsys):
        wrong(capsys, align(tmp_path, files[0]), "at least two views are needed; got 1")

    @pytest.mark.parametrize(
        ("options", "part"),
        [
            (["--whitening", "0"], "must be a number > 0; got '0'"),
            (["--holdout", "1.5"], "must be a number between 0 and 1; got '1.5'"),
            (["--dim", "0"], "must be an integer >= 1; got '0'"),
            (["--dim", "²"], "must be an integer >= 1; got '²'"),
            (["--seed", "1_0"], "must be an integer >= 0; got '1_0'"),
            (["--holdout", "0_1.5"], "must be a number between 0 and 1; got '0_1.5'"),
            (["--temperature", "1_0"], "must be a number > 0 or"),
            (["--temperature", "warm"], '> 0 or "learned" or "auto"; got \'warm\''),
            (["--param", "harmonic"], "must be NAME=VALUE; got 'harmonic'"),
            (["--nonsense"], "unrecognized arguments: --nonsense"),
        ],
    )
    def test_options(self, capsys, options, part):
        with pytest.raises(SystemExit) as stop:
            main(["align", *options])
        wrong(capsys, stop.value.code, part)


@needs_extra
def test_columns_that_name_rows_are_left_out_and_named(files, tmp_path, capsys):
    """Noise beside the same shuffled index: rows would find one another by it, far above chance."""
    rng = np.random.default_rng(0)
    index = rng.permutation(80)
    for name in ("a", "b"):
        noise = rng.standard_normal((80, 3))
        lines = [f"{n},{x},{y},{z}" for n, (x, y, z) in zip(index, noise, strict=True)]
        (tmp_path / f"{name}.csv").write_text("\n".join([",x,y,z", *lines]))
    assert align(tmp_path, tmp_path / "a.csv", tmp_path / "b.csv", "--dim", 3) == 0
    said = capsys.readouterr().err
    for name in ("a", "b"):
        line = f"polycontrast align: {name}: 'column 1' names the rows and is no feature: left out"
        assert line in said
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert report["left_out_columns"] == {"a": ["'column 1'"], "b": ["'column 1'"]}
    assert report["columns"] == {"a": 3, "b": 3}
    assert report["holdout"]["recall@1"] < 0.2


@needs_extra
def test_constant_columns_are_reported(files, tmp_path, capsys):
    table = np.load(tmp_path / "one.npy")
    table[:, 3] = 1.5
    np.save(tmp_path / "one.npy", table)
    assert align(tmp_path, *files) == 0
    assert "Left out as constant in one: 3" in capsys.readouterr().out


@pytest.mark.parametrize(("command", "missing"), [("align", "matplotlib"), ("align", "tqdm")])
def test_a_missing_library_names_its_extra(command, missing, capsys, monkeypatch):
    import importlib.util

    find = importlib.util.find_spec
    monkeypatch.setattr(
        "importlib.util.find_spec",
        lambda name, *rest: None if name == missing else find(name, *rest),
    )
    code = main([command])
    wrong(capsys, code, f"polycontrast {command}", missing, 'pip install "', '[align]"')


def test_a_missing_cupy_names_its_extras(capsys, monkeypatch):
    pytest.importorskip("matplotlib")
    monkeypatch.setitem(sys.modules, "cupy", None)
    code = main(["align", "--device", "cuda", "--quiet"])
    wrong(capsys, code, 'CuPy: pip install "', '[cuda12]" or "', '[cuda13]"')


def test_losses_lists_the_whole_catalogue(capsys):
    """Every objective stands once, below its family."""
    assert main(["losses"]) == 0
    listed, family = [], None
    for line in capsys.readouterr().out.splitlines():
        if line and not line.startswith(" "):
            family = line
        elif line.startswith("  ") and not line.startswith("   "):
            listed.append((family, line.split()[0]))
    assert listed == [(o.family, name) for name, o in pc.objectives().items()]


def test_losses_lists_those_that_are_asked_for(capsys):
    def names(*arguments):
        assert main(["losses", *arguments]) == 0
        lines = capsys.readouterr().out.splitlines()
        return [line.split()[0] for line in lines if line[:2] == "  " and line[2] != " "]

    assert names("mnrl") == names("MultipleNegativesRankingLoss") == ["multiple_negatives_ranking"]
    assert names("khosla") == ["sup_con"]
    assert names("--takes", "mask", "--takes", "weights", "--family", "poly_view", "--shards") == [
        "average_view",
        "multi_crop",
        "multiview_coding",
        "mv_dhel",
        "mv_info_nce",
        "pairwise_sum",
        "poly_view",
        "sufficient_statistics",
    ]
    assert "triangle_loss" in names("--views", "3", "--takes", "anchor")


def test_losses_needs_nothing_but_the_base(tmp_path):
    """In a process in which no optional library can be imported."""
    program = """
    import sys
    for name in ("matplotlib", "rich", "tqdm", "pyarrow", "torch", "jax", "cupy", "sklearn"):
        sys.modules[name] = None
    from polycontrast.cli import main
    sys.exit(main(["losses", "mnrl"]))
    """
    run = [sys.executable, "-c", textwrap.dedent(program)]
    done = subprocess.run(run, capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert "multiple_negatives_ranking" in done.stdout


@needs_extra
def test_all_rows_are_learned_from_without_a_test(files, tmp_path, capsys):
    """--holdout 0: no figure of new rows anywhere, and the heads know every row."""
    assert align(tmp_path, *files, "--dim", 4, "--holdout", 0, "--whitening", 0.3) == 0
    said = capsys.readouterr().out
    assert "Learned from all 80 rows; no row was held out" in said
    assert "whitening 0.3 (given)" in said
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert (report["n_train"], report["n_test"], report["holdout"]) == (80, 0, None)
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "No rows were held out" in page
    assert "Who finds whom" not in page


@needs_extra
def test_shuffled_rows_are_hinted_at(files, tmp_path, capsys):
    """On the screen, in both reports, and on stderr with --quiet; with a loss of two arrays."""
    rng = np.random.default_rng(0)
    np.save(tmp_path / "mixed.npy", rng.permutation(np.load(tmp_path / "one.npy")))
    pair = [files[1], tmp_path / "mixed.npy", "--objective", "info_nce", "--dim", 4]
    hint = "no better than rows in random order would"
    assert align(tmp_path, *pair) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert f"WARNING: the views find one another {hint}" in said
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert hint in report["warnings"][0]
    assert hint in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert align(tmp_path, *pair, "--quiet", "--force") == 0
    assert hint in capsys.readouterr().err


def test_losses_says_where_there_are_none(capsys):
    assert main(["losses", "--views", "5", "--takes", "labels", "--family", "two_view"]) == 1
    assert "no objective is of that kind" in capsys.readouterr().out
    code = main(["losses", "--takes", "labls"])
    wrong(capsys, code, "polycontrast losses", "no objective takes 'labls'", "did you mean labels")
    code = main(["losses", "--family", "twoview"])
    wrong(capsys, code, "polycontrast losses", "unknown family 'twoview'", "did you mean two_view")


def test_version_and_help(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out == f"polycontrast {pc.__version__}\n"
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    assert "exit codes" in capsys.readouterr().out


def test_without_arguments_ten_lines_say_what_there_is(capsys):
    """Each command is named, and each line that stands there is one that its parser takes."""
    assert main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 10
    assert all(len(line) <= 80 for line in lines)
    shown = [line.split("  ")[1].split() for line in lines if line.startswith("  polycontrast")]
    commands = {"align", "transform", "search", "evaluate", "losses", "bench"}
    assert {words[1] for words in shown} == commands | {"COMMAND"}
    for _, command, *rest in shown[:-1]:
        assert parser().parse_args([command, *rest]).command == command


@needs_extra
@pytest.mark.skipif(os.name == "nt", reason="sends SIGINT")
def test_ctrl_c_keeps_the_best_so_far(tmp_path):
    """A real interrupt while the digits are being aligned: everything is written, exit code 0."""
    # Whoever runs the tests in the background may have told them to ignore SIGINT.
    program = """
        import signal, sys
        from polycontrast.align.job import results
        from polycontrast.cli import main
        panels = dict.fromkeys(("recall", "gap", "curves", "projection"), [])
        results.draw = lambda *_: {"summary": b"", **panels}
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.exit(main())
    """
    run = [sys.executable, "-c", textwrap.dedent(program), "align", "--out", str(tmp_path / "out")]
    with subprocess.Popen(run, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        said = b""
        deadline = time.monotonic() + 120
        one_done = re.compile(rb"[1-9]\d*/\d+ iterations")
        while not one_done.search(said) and time.monotonic() < deadline:
            said += process.stderr.read1()
        process.send_signal(signal.SIGINT)
        _, rest = process.communicate(timeout=120)
    assert process.returncode == 0, rest.decode()
    assert b"interrupted; the best heads so far" in rest
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert report["stopped"] == "interrupted"
    assert {entry.name for entry in (tmp_path / "out").iterdir()} == RESULTS


@needs_extra
def test_ctrl_c_with_nothing_to_keep(files, tmp_path, capsys, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("polycontrast.cli.align.check_task", interrupt)
    assert align(tmp_path, *files, "--quiet") == 130
    assert capsys.readouterr().err == "polycontrast align: interrupted; nothing was written\n"
    assert not (tmp_path / "out").exists()

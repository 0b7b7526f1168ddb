"""Every code block of the pages runs when it is pasted alone into a fresh session."""

import ast
import contextlib
import doctest
import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import polycontrast as pc
from polycontrast.cli import main as polycontrast
from polycontrast.cli.main import parser
from polycontrast.objective.catalogue import registry

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
EXAMPLES = [DOCS / "examples", DOCS / "trainers" / "examples"]
PAGES = [*sorted(DOCS.rglob("*.md")), ROOT / "README.md"]
# What rooms of the package need.
EXTRAS = {
    "torch": "torch",
    "compat": "torch",
    "integrations": "torch",
    "jax": "jax",
    "plot": "matplotlib",
}
NEEDS_A_DEVICE = "cupy"  # the only import for which a block is not run
# Blocks of shell whose commands take longer, need files of the user or install something.
QUICK = ("polycontrast losses", "polycontrast --version")


@dataclass
class Block:
    """A block of a page: where, of what kind, and its text."""

    page: Path
    line: int
    kind: str
    text: str

    def __str__(self):
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page):
    """Blocks of a page; of a file that is included, the name."""
    text = page.read_text("utf-8")
    for found in re.finditer(r"^(`{3,})(\S+)([^\n]*)\n(.*?)^\1$", text, re.M | re.S):
        _, kind, rest, body = found.groups()
        if kind == "{literalinclude}":
            kind = "part" if re.search(r"^:(start|end|lines)", body, re.M) else "file"
            body = (page.parent / rest.strip()).name
        yield Block(page, text[: found.start()].count("\n") + 1, kind, body)


def code(block):
    """The block as Python, without prompts and results."""
    if block.kind == "{doctest}":
        return "".join(e.source for e in doctest.DocTestParser().get_examples(block.text))
    return block.text


def imported(source):
    """First names of the modules that a source imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module.partition(".")[0]


ALL = [block for page in PAGES for block in blocks(page)]
PYTHON = [block for block in ALL if block.kind in ("{doctest}", "python")]
SHELL = [
    (block, line)
    for block in ALL
    if block.kind == "sh"
    for line in block.text.splitlines()
    if line.startswith("polycontrast")
]


@pytest.fixture
def fresh(monkeypatch, tmp_path):
    """A folder of its own, the examples importable, and the registry as it is afterwards."""
    monkeypatch.chdir(tmp_path)
    for folder in EXAMPLES:
        monkeypatch.syspath_prepend(str(folder))
    pc.objectives()  # all are registered before the copy, which is thrown away
    monkeypatch.setattr(registry, "_objectives", dict(registry._objectives))
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if is_example(name):
            del sys.modules[name]


def is_example(name):
    """Whether a module is a file that the pages show."""
    return any((folder / f"{name}.py").exists() for folder in EXAMPLES)


def run(block):
    """Run a block in a namespace that has nothing."""
    if block.kind == "{doctest}":
        test = doctest.DocTestParser().get_doctest(
            block.text, {}, str(block), str(block.page), block.line
        )
        said = []
        doctest.DocTestRunner(verbose=False).run(test, out=said.append)
        assert not said, "".join(said)
    else:
        exec(compile(block.text, str(block), "exec"), {"__name__": "pasted"})


@pytest.mark.parametrize("block", PYTHON, ids=str)
def test_a_block_runs_alone(block, fresh, request):
    """Also the picture of a block of the gallery is there afterwards."""
    needed = set(imported(code(block)))
    if NEEDS_A_DEVICE in needed:
        assert (block.page.name, block.kind) == ("README.md", "python")
        pytest.skip("tests with CuPy run on a GPU")
    needed |= {extra for room, extra in EXTRAS.items() if f"polycontrast.{room}" in block.text}
    for name in list(needed):  # an example needs what it imports itself
        for folder in EXAMPLES:
            if (folder / f"{name}.py").exists():
                needed |= set(imported((folder / f"{name}.py").read_text("utf-8")))
    for name in needed:
        if not is_example(name):
            pytest.importorskip(name)
    if block.kind == "python":  # its numbers are not compared
        request.getfixturevalue("few_starts")
    run(block)
    written = re.findall(r'savefig\("(.+?)"|Path\("(.+?)"\)\.write', code(block))
    for name in (a or b for a, b in written):
        assert (fresh / name).read_bytes().startswith(b"\x89PNG")


def test_other_tests_run_the_files():
    """A file that a page includes is named in a test, which runs it and looks at its results."""
    named = set()
    for test in Path(__file__).parent.rglob("test_*.py"):
        source = test.read_text("utf-8")
        named |= set(re.findall(r'"(\w+|[a-z]+_{\w+}|{\w+}_[a-z]+)(?:\.py)?"', source))
        named |= set(re.findall(r"^from (\w+) import", source, re.M))
    patterns = [re.compile(re.sub(r"{.*?}", r"\\w+", name)) for name in named]  # of f-strings too

    def run_by_a_test(stem):
        return any(pattern.fullmatch(stem) for pattern in patterns)

    assert not run_by_a_test("_".join(("example", "of", "no", "test")))
    for block in ALL:
        if block.kind in ("file", "part") and block.text.endswith(".py"):
            assert run_by_a_test(Path(block.text).stem), block.text


def test_a_part_of_a_file_leads_to_the_whole():
    """The page shows the whole file as well, or has a link `{download}` to it."""
    for block in ALL:
        if block.kind == "part":
            whole = {b.text for b in blocks(block.page) if b.kind == "file"}
            links = re.findall(r"{download}`[^`]*?([\w.]+)>?`", block.page.read_text("utf-8"))
            assert block.text in whole | set(links), block


def test_blocks_name_their_language():
    """So that Python cannot hide in a block that no test reads."""
    known = {"{doctest}", "python", "file", "part", "sh", "text"}
    known |= {"{toctree}", "{image}", "{figure}", "{include}", "{eval-rst}"}
    assert {block.kind for block in ALL} <= known
    for page in PAGES:  # an opening fence without a word would end up here
        fences = re.findall(r"^```(.*)$", page.read_text("utf-8"), re.M)
        assert all(fences[::2]), page
        assert not any(fences[1::2]), page


@pytest.mark.parametrize(
    ("block", "line"), SHELL, ids=[f"{b} {n}" for n, (b, _) in enumerate(SHELL)]
)
def test_a_command_is_one(block, line, capsys):
    """Each command is understood, and the quick ones run."""
    words = shlex.split(line, comments=True)[1:]
    if line.startswith(QUICK) or "--help" in words:
        with contextlib.suppress(SystemExit):
            assert polycontrast(words) == 0
        assert capsys.readouterr().out
    else:
        assert parser().parse_args(words).run


def test_a_block_that_needs_another_fails():
    """The blocks above would not pass by an import that the session has by chance."""
    block = Block(DOCS / "index.md", 1, "{doctest}", ">>> np.ones(1)\narray([1.])\n")
    with pytest.raises(AssertionError, match="NameError"):
        run(block)
    with pytest.raises(NameError):
        run(Block(DOCS / "index.md", 1, "python", "pc.info_nce\n"))

"""The rooms of `docs/design.md` import only what stands below them."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
import textwrap
import types
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import polycontrast as pc

PACKAGE = Path(pc.__file__).parent
DOCS = Path(__file__).parent.parent / "docs"
FRAMEWORKS = {"torch", "jax", "jaxlib", "cupy", "cupyx", "cupy_backends"}

# Losses of others, which the benchmarks set ours beside.
PEERS = {
    "open_clip",
    "lightly",
    "optax",
    "pytorch_metric_learning",
    "sentence_transformers",
    "torchvision",
}

# What a room may import: rooms of ours, then projects of others. The standard library is open.
# A room may always import itself; `losses` and `metrics` have one more rule below.
LOSS_ROOMS = {"arrays", "calculus", "similarity", "contrast", "cube", "context", "objective"}
ROOMS: dict[str, tuple[set[str], set[str]]] = {
    "arrays": (set(), {"numpy", "scipy", "array_api_compat", "threadpoolctl"} | FRAMEWORKS),
    "calculus": ({"arrays"}, set()),
    "distributed": ({"arrays"}, {"numpy", "array_api_compat", "mpi4py"} | FRAMEWORKS),
    "context": ({"arrays", "distributed"}, set()),
    "adapters": ({"arrays", "context"}, {"numpy", "torch", "jax"}),
    "objective": ({"arrays", "distributed", "context", "adapters", "contrast"}, set()),
    "similarity": ({"arrays", "context"}, set()),
    "contrast": ({"arrays", "calculus", "similarity", "context"}, set()),
    "cube": ({"arrays", "similarity", "contrast", "context"}, set()),
    "losses": (LOSS_ROOMS, set()),
    "metrics": (LOSS_ROOMS, {"numpy", "scipy"}),
    "states": (LOSS_ROOMS | {"losses", "sampling"}, {"numpy"}),
    "sampling": ({"arrays", "calculus"}, {"numpy"}),
    "decoding": ({"arrays", "calculus"}, set()),
    "bench": (
        {"objective", "plot", "testing", "wording"},
        {"numpy", "matplotlib"} | FRAMEWORKS | PEERS,
    ),
    "planning": ({"arrays", "context", "objective", "similarity"}, set()),
    "chunked": ({"arrays", "objective"}, set()),
    "torch": ({"arrays", "objective", "chunked"}, {"numpy", "torch"}),
    "jax": ({"arrays", "adapters", "objective", "chunked"}, {"numpy", "jax"}),
    "integrations": ({"arrays", "objective", "chunked", "torch"}, {"torch"}),
    "testing": (
        {"arrays", "objective", "chunked", "distributed", "torch", "jax"},
        {"numpy", "scipy", "torch", "jax"},
    ),
    # Above the losses; "" is the package itself, with its public names.
    "compat": ({"", "arrays"}, {"torch"}),
    "data": (set(), {"numpy"}),
    "wording": (set(), set()),
    "plot": ({"wording"}, {"numpy", "matplotlib"}),
    "align": (
        {"", "arrays", "calculus", "objective", "metrics", "data", "wording", "plot"},
        {"numpy", "scipy", "array_api_compat", "cupy", "pyarrow", "sklearn", "pandas", "polars"}
        | {"h5py", "safetensors"},
    ),
    "cli": (
        {"", "arrays", "objective", "align", "bench", "plot", "data", "wording"},
        {"numpy", "array_api_compat", "cupy", "rich", "tqdm"},
    ),
}
# A walker drives tiles by the means of one library.
WALKERS = {"numpy"} | FRAMEWORKS
# Losses compute; what runs at the same time is the walker's business.
CONCURRENCY = {"threading", "concurrent", "multiprocessing", "asyncio", "queue"}
VAGUE = re.compile(r"(utils?|helpers?|misc|common|base|manager)(\.py)?$")

CREATION = {"zeros", "ones", "full", "empty", "arange", "eye", "asarray", "linspace"}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def dotted(path: Path) -> str:
    parts = ("polycontrast", *path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room(module: str) -> str:
    """Room of a dotted name: `polycontrast.losses.cube.loss` lives in `losses`."""
    return [*module.split("."), ""][1]


def imports(
    nodes: Iterable[ast.AST], module: str, is_package: bool
) -> Iterator[tuple[str, str, int]]:
    """(module, name, line) of each import among nodes, relative ones made absolute."""
    for node in nodes:
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            if isinstance(node.args[0], ast.Constant):
                yield node.args[0].value, "", node.lineno
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, "", node.lineno
        elif isinstance(node, ast.ImportFrom):
            origin = node.module or ""
            if node.level:
                above = module.split(".")
                above = above[: len(above) - node.level + is_package]
                origin = ".".join(above + ([node.module] if node.module else []))
            for alias in node.names:
                yield origin, alias.name, node.lineno


def runtime(tree: ast.AST) -> Iterator[ast.AST]:
    """Nodes of a tree without the bodies of `if TYPE_CHECKING:`."""
    todo = [tree]
    while todo:
        node = todo.pop()
        yield node
        children = list(ast.iter_child_nodes(node))
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            children = list(node.orelse)
        todo.extend(children)


def target(origin: str, name: str) -> str:
    """What `from origin import name` reaches: a module where there is one of that name."""
    if not origin.startswith("polycontrast") or not name:
        return origin
    inner = PACKAGE.joinpath(*origin.split(".")[1:], name)
    is_module = inner.is_dir() or inner.with_suffix(".py").is_file()
    return f"{origin}.{name}" if is_module else origin


def graph(sources: Mapping[str, str], packages: Iterable[str] = ()) -> dict[str, set[str]]:
    """The modules of ours that each module imports: at once, late, or for its types alone."""
    edges: dict[str, set[str]] = {}
    for module, source in sources.items():
        nodes = ast.walk(ast.parse(source))
        reached = {target(o, n) for o, n, _ in imports(nodes, module, module in packages)}
        edges[module] = {m for m in reached if m.split(".")[0] == "polycontrast"} - {module}
    return edges


def circle(edges: Mapping[str, Iterable[str]]) -> list[str]:
    """One circle of a graph, if it has any."""
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def forbidden_imports(source: str, module: str, is_package: bool = False) -> list[str]:
    """One line for each import that the room of `module` may not have.

    What is imported for its type alone counts as well where it is ours.
    """
    here = room(module)
    if here not in ROOMS:
        return []
    ours, theirs = ROOMS[here]
    if module.startswith("polycontrast.similarity.walks"):
        theirs = theirs | WALKERS
    found, tree = [], ast.parse(source)
    at_run_time = set(imports(runtime(tree), module, is_package))
    for origin, name, line in imports(ast.walk(tree), module, is_package):
        reached, top = target(origin, name), origin.split(".")[0]
        if top != "polycontrast" and (origin, name, line) not in at_run_time:
            continue
        if top == "polycontrast":
            fine = room(reached) == here or room(reached) in ours
            if here in {"losses", "metrics"} and room(reached) in {"losses", "metrics"}:
                fine = is_package or name in pc.objectives() or is_kin(module, reached)
        elif top in sys.stdlib_module_names:
            fine = here not in {"losses", "metrics", "calculus"} or top not in CONCURRENCY
        else:
            fine = top in theirs
        if not fine:
            found.append(f"{module}:{line} imports {origin} {name}".rstrip())
    return found


def is_kin(module: str, reached: str) -> bool:
    """A family's shared, underscored module serves the family's own files."""
    family, last = reached.rpartition(".")[::2]
    return last.startswith("_") and family == module.rpartition(".")[0]


def framework_names(source: str) -> list[str]:
    """Frameworks that code names as an identifier or as a string; prose in docstrings is free."""
    found = []
    for node in ast.walk(ast.parse(source)):
        word = getattr(node, "id", None) or getattr(node, "attr", None)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            word = node.value
        if isinstance(word, str) and word.split(".")[0] in FRAMEWORKS:
            found.append(f"line {node.lineno}: {word}")
    return found


def unplaced_creations(source: str) -> list[str]:
    """Creation calls on a namespace that leave dtype or device to the library's default.

    int64 counts as well: JAX lacks it by default, and `as_index` makes indices of any integers.
    """
    found = []
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        owner = ast.unparse(node.func.value)
        if node.func.attr not in CREATION or owner.split(".")[-1] != "xp":
            continue
        given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
        unplaced = None not in given and not {"dtype", "device"} <= set(given)
        if unplaced or given.get("dtype", "").endswith(".int64"):
            found.append(f"line {node.lineno}: {ast.unparse(node)}")
    return found


@pytest.mark.parametrize("path", modules(), ids=dotted)
def test_a_room_imports_only_what_stands_below_it(path):
    module, is_package = dotted(path), path.name == "__init__.py"
    assert forbidden_imports(path.read_text(encoding="utf-8"), module, is_package) == []


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in modules()
        if room(dotted(path)) in {"calculus", "losses", "metrics", "similarity"}
        and not dotted(path).startswith("polycontrast.similarity.walks")
    ],
    ids=dotted,
)
def test_no_framework_is_named(path):
    assert framework_names(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in modules()
        if room(dotted(path)) in {"calculus", "losses", "metrics", "similarity"}
    ],
    ids=dotted,
)
def test_every_creation_names_dtype_and_device(path):
    assert unplaced_creations(path.read_text(encoding="utf-8")) == []


def named_objectives(source: str) -> list[str]:
    """Strings that are the name of an objective, and families compared with a string."""
    names, found = set(pc.objectives()), []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and node.value in names:
            found.append(f"line {node.lineno}: {node.value}")
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            read = any(isinstance(s, ast.Attribute) and s.attr == "family" for s in sides)
            if read and any(isinstance(s, ast.Constant) for s in sides):
                found.append(f"line {node.lineno}: {ast.unparse(node)}")
    return found


# Rooms that are about particular losses: their states and names, a default, what they beat.
PARTICULAR = (
    "losses",
    "metrics",
    "states",
    "compat",
    "align",
    "cli/align.py",
    "bench/rivals",
    "integrations",
)
GENERAL = [p for p in modules() if not p.relative_to(PACKAGE).as_posix().startswith(PARTICULAR)]
GENERAL += [*(DOCS / "_ext").glob("*.py"), Path(__file__).parent / "battery" / "cases.py"]


@pytest.mark.parametrize(
    "path", [pytest.param(p, id=str(p.relative_to(p.parents[1]))) for p in GENERAL]
)
def test_machinery_names_no_objective(path):
    """What is special about a loss is declared by the loss, or by its oracle."""
    assert named_objectives(path.read_text(encoding="utf-8")) == []


def test_no_file_imports_itself_on_any_way():
    """Neither at once, nor late, nor for types: files stand in an order."""
    sources = {dotted(path): path.read_text(encoding="utf-8") for path in modules()}
    assert circle(graph(sources, packages())) == []


def test_rooms_stand_in_an_order():
    assert circle({name: ours for name, (ours, _) in ROOMS.items()}) == []


def test_every_room_has_a_rule():
    assert {room(dotted(path)) for path in modules()} <= set(ROOMS) | {""}


def rooms_on_the_page(text: str) -> dict[str, set[str]]:
    """What each room may import by the table of rooms: folders end in a slash, files in `.py`."""
    rows = re.findall(r"^\| `([\w.]+/?)` \|[^|]*\|([^|]*)\|$", text, re.M)
    return {here: set(re.findall(r"`([^`]+)`", cell)) for here, cell in rows}


def as_on_the_page(name: str) -> str:
    """A room as the page writes it."""
    if name in ("", "planning", "wording"):
        return f"{name or '__init__'}.py"
    return f"{name}/"


def test_the_page_shows_the_rooms_as_they_are():
    """JAX and CuPy are several packages each, and the page names each once."""
    text = (DOCS / "design.md").read_text(encoding="utf-8")
    table = text[text.index("## The rooms") : text.index("## The path of one call")]
    parts = {"jaxlib": "jax", "cupyx": "cupy", "cupy_backends": "cupy"}
    expected = {
        as_on_the_page(name): set(map(as_on_the_page, ours))
        | {parts.get(project, project) for project in theirs - PEERS}
        for name, (ours, theirs) in ROOMS.items()
    }
    assert rooms_on_the_page(table) == expected


def test_names_of_files_explain_something():
    assert [path.name for path in PACKAGE.rglob("*") if VAGUE.match(path.name)] == []


def test_exports_are_the_registry_and_the_documented_names():
    text = (DOCS / "reference.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"auto(?:function|class|data):: polycontrast\.(\w+)$", text, re.M))
    assert set(pc.__all__) == set(pc.objectives()) | documented
    assert [name for name in pc.__all__ if not hasattr(pc, name)] == []


@pytest.mark.parametrize("module", ["align", "compat", "jax", "testing", "torch"])
def test_public_names_are_on_a_page(module):
    """Other packages export parts for the package itself as well; their pages name the public."""
    if module in FRAMEWORKS:
        pytest.importorskip(module)
    public = importlib.import_module(f"polycontrast.{module}").__all__
    text = "\n".join(page.read_text(encoding="utf-8") for page in DOCS.glob("*.md"))
    documented = set(re.findall(rf"\.\. auto\w+:: polycontrast\.{module}\.(\w+)$", text, re.M))
    assert set(public) == documented


def packages() -> list[str]:
    return [dotted(path) for path in modules() if path.name == "__init__.py"]


@pytest.mark.parametrize("name", packages()[1:])
def test_no_public_name_hides_a_package(name):
    """`import package as p` gives what the name is in the package above."""
    above, _, last = name.rpartition(".")
    above = importlib.import_module(above)
    assert getattr(above, last, None) in (None, sys.modules.get(name))
    assert last not in getattr(above, "__all__", ())


@pytest.mark.parametrize("name", sorted(pc.__all__))
def test_no_public_name_is_that_of_a_module(name):
    assert not isinstance(getattr(pc, name), types.ModuleType)
    assert not (PACKAGE / f"{name}.py").exists()


@pytest.mark.parametrize(
    "module",
    ["polycontrast", *(f"polycontrast.{room}" for room in ("align", "cli", "chunked", "testing"))],
)
def test_import_brings_no_framework_along(module):
    """Seen in a fresh interpreter, where no other test has imported one before."""
    code = f"""
        import sys, time
        import numpy
        start = time.perf_counter()
        import {module}
        print(f"{{time.perf_counter() - start:.3f}}", *{{m.split(".")[0] for m in sys.modules}})
    """
    run = [sys.executable, "-c", textwrap.dedent(code)]
    out = subprocess.run(run, capture_output=True, text=True, check=True, cwd=PACKAGE.parent).stdout
    seconds, *loaded = out.split()
    print(f"import {module}: {seconds} s with numpy already imported")
    heavy = FRAMEWORKS | {"matplotlib", "pandas", "pyarrow", "sklearn", "rich", "tqdm", "mpi4py"}
    assert heavy & set(loaded) == set()


def test_import_loads_no_objective():
    """Families are loaded when they are first used, so import time does not grow with them."""
    code = """
        import sys
        import polycontrast as pc
        print(*(m for m in sys.modules if m.startswith(("polycontrast.losses.", "polycontrast.m"))))
        pc.info_nce
        print(*(m for m in sys.modules if m.startswith("polycontrast.losses.")))
    """
    run = [sys.executable, "-c", textwrap.dedent(code)]
    out = subprocess.run(run, capture_output=True, text=True, check=True, cwd=PACKAGE.parent).stdout
    before, after = (line.split() for line in out.split("\n")[:2])
    assert before == ["polycontrast.metrics"]
    after = [module for module in after if "._" not in module]  # parts of the file
    assert after == ["polycontrast.losses.two_view", "polycontrast.losses.two_view.info_nce"]


def test_import_leaves_the_rest_of_numpy_alone():
    """`array_api_compat.numpy` loads every submodule of NumPy, half of all import time."""
    code = "import sys, polycontrast; print('array_api_compat.numpy' in sys.modules)"
    run = [sys.executable, "-c", code]
    out = subprocess.run(run, capture_output=True, text=True, check=True, cwd=PACKAGE.parent).stdout
    assert out.split() == ["False"]


# The rules above are only as good as their readers: each must catch what it is there for.


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("polycontrast.arrays.products", "from polycontrast.calculus import rows"),
        ("polycontrast.calculus.rows", "import torch"),
        ("polycontrast.calculus.rows", "import numpy as np"),
        ("polycontrast.similarity.walks.threads", "from threadpoolctl import threadpool_limits"),
        ("polycontrast.calculus.rows", "from ..similarity import Similarity"),
        ("polycontrast.objective.objective", "from polycontrast.losses.two_view import info_nce"),
        ("polycontrast.similarity.matrix", "from ..objective import objective"),
        ("polycontrast.similarity.matrix", "def f():\n    import cupy"),
        ("polycontrast.losses.two_view.new", "from polycontrast.losses.two_view.dcl import _terms"),
        ("polycontrast.losses.two_view.new", "from .dcl import secret"),
        ("polycontrast.losses.two_view.new", "from concurrent.futures import ThreadPoolExecutor"),
        ("polycontrast.losses.two_view.new", "import polycontrast"),
        ("polycontrast.objective.objective", "from polycontrast.torch import adapter"),
        ("polycontrast.adapters.torch.form", "from polycontrast.objective import Objective"),
        (
            "polycontrast.similarity.matrix",
            "if TYPE_CHECKING:\n    from polycontrast.objective import Objective",
        ),
        ("polycontrast.context.current", "def f():\n    from polycontrast.objective import find"),
        ("polycontrast.testing", "from polycontrast.losses.two_view import info_nce"),
        ("polycontrast.align.heads", "from polycontrast.cli import main"),
        ("polycontrast.align.heads", "from polycontrast.similarity import Similarity"),
    ],
)
def test_a_forbidden_import_is_seen(module, line):
    assert len(forbidden_imports(line, module)) == 1


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("polycontrast.losses.two_view.new", "from polycontrast.losses.two_view import info_nce"),
        ("polycontrast.losses.two_view.new", "from polycontrast.similarity import Similarity"),
        ("polycontrast.losses.two_view.new", "from ...calculus import rows\nimport math"),
        ("polycontrast.arrays.cpu.blas_limit", "from threadpoolctl import ThreadpoolController"),
        ("polycontrast.calculus.rows", "if TYPE_CHECKING:\n    import torch"),
        ("polycontrast.align.heads", "import polycontrast as pc"),
    ],
)
def test_an_allowed_import_is_let_through(module, line):
    assert forbidden_imports(line, module) == []


@pytest.mark.parametrize(
    "back",
    [
        "from polycontrast.objective.calls.ranks import together",
        "from ..calls.ranks import together",
        "def f():\n    from polycontrast.objective.calls.ranks import together",
        "if TYPE_CHECKING:\n    from polycontrast.objective.calls import ranks",
        "importlib.import_module('polycontrast.objective.calls.ranks')",
    ],
)
def test_a_circle_is_seen(back):
    ranks, fields = "polycontrast.objective.calls.ranks", "polycontrast.objective.arguments.fields"
    there = "from polycontrast.objective.arguments.fields import fields_type"
    assert set(circle(graph({ranks: there, fields: back}))) == {ranks, fields}
    assert circle(graph({ranks: there, fields: "import numpy"})) == []


def test_the_table_of_the_page_is_read():
    table = "| room | holds |\n| `cube/` | tuples | `arrays/`, `a.py`; `numpy` |\n| `b.py` | x | |"
    assert rooms_on_the_page(table) == {"cube/": {"arrays/", "a.py", "numpy"}, "b.py": set()}


def test_an_unplaced_creation_is_seen():
    assert unplaced_creations("xp.zeros((2, 3))") == ["line 1: xp.zeros((2, 3))"]
    assert len(unplaced_creations("self.xp.arange(3, dtype=xp.int64)")) == 1
    assert len(unplaced_creations("xp.arange(3, dtype=xp.int64, device=d)")) == 1
    assert unplaced_creations("xp.eye(3, dtype=x.dtype, device=d); xp.zeros_like(x)") == []
    assert unplaced_creations("np.zeros(3); xp.full(3, 1.0, **like)") == []


def test_a_named_objective_is_seen():
    assert named_objectives("if name == 'dcl': pass") == ["line 1: dcl"]
    assert len(named_objectives("rows = 64 if objective.family == 'cube' else 100")) == 1
    assert named_objectives('"""The loss `dcl`."""\nif kind == "cube": pass') == []


def test_a_framework_is_seen_by_identifier_and_by_string():
    assert len(framework_names("if name == 'torch': pass")) == 1
    assert len(framework_names("torch.mm(a, b)")) == 1
    assert framework_names('"""Works on torch tensors, too."""') == []

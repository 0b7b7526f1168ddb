"""Editors and type checkers see what the package has at run time."""

import ast
import importlib.util
import inspect
from pathlib import Path

import pytest

import polycontrast as pc

STUB = Path(pc.__file__).with_name("__init__.pyi")
TREE = ast.parse(STUB.read_text(encoding="utf-8"))
CLASSES = {node.name: node for node in TREE.body if isinstance(node, ast.ClassDef)}
TYPES = {
    node.target.id: node.annotation.id
    for node in TREE.body
    if isinstance(node, ast.AnnAssign) and isinstance(node.annotation, ast.Name)
}


def writer():
    """The script that writes the stub."""
    file = Path(__file__).parent.parent / "tools" / "stub.py"
    spec = importlib.util.spec_from_file_location("stub", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_stub_is_what_its_script_writes():
    """`python tools/stub.py` after a change of a signature or a docstring."""
    assert STUB.read_text(encoding="utf-8") == writer().text()


@pytest.mark.parametrize("name", pc.objectives())
def test_parameters_in_the_stub(name):
    """Names, order and kinds of the parameters of a call; the options come as keywords."""
    call = next(
        node
        for node in CLASSES[TYPES[name]].body
        if isinstance(node, ast.FunctionDef) and node.name == "__call__"
    )
    positional = [a.arg for a in call.args.args[1:]]
    named = [a.arg for a in call.args.kwonlyargs]
    own = pc.objectives()[name].signature.parameters.values()
    assert positional == [p.name for p in own if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert named == [p.name for p in own if p.kind is p.KEYWORD_ONLY]
    assert call.args.kwarg.arg == "settings"
    assert ast.get_docstring(call) == inspect.getdoc(pc.objectives()[name])


def test_help_shows_types_and_options():
    """`help` and `inspect` show parameters with types, then the options of execution."""
    shown = str(inspect.signature(pc.info_nce))
    assert "negatives: Array | None = None" in shown
    assert "temperature: float | Array = 0.07" in shown
    assert "reduction: Literal['mean', 'sum', 'none'] = 'mean'" in shown
    assert "tile: tuple[int, int] | None = None" in shown
    assert shown.endswith("-> Array")
    assert inspect.isroutine(pc.info_nce)  # else `help` prints the class in its place

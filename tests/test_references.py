"""Every public name has its place in the reference, and every objective a link to its paper."""

import ast
import builtins
import doctest
import importlib
import importlib.util
import inspect
import re
import sys
from pathlib import Path

import pytest

import polycontrast as pc

DOCS = Path(__file__).parent.parent / "docs"
TEXT = "\n".join(page.read_text("utf-8") for page in DOCS.rglob("*.md"))
PUBLIC = ("align", "decoding", "plot", "sampling", "states", "testing", "torch", "jax")
NEEDS = {"plot": "matplotlib", "torch": "torch", "jax": "jax"}
WITHOUT_A_LINK = {"cube_logits", "cube_loss"}  # a workshop paper of which we know no address


def described():
    """Names that the pages describe by autodoc, without the name of the package."""
    return set(re.findall(r"\.\. auto\w+:: polycontrast\.([\w.]+)", TEXT))


@pytest.fixture
def papers(monkeypatch):
    """Return the extension of the documentation that makes links of papers."""
    pytest.importorskip("sphinx")
    monkeypatch.syspath_prepend(str(DOCS / "_ext"))
    yield importlib.import_module("papers")
    del sys.modules["papers"]


def test_each_public_name_has_a_place():
    """The catalogue has the objectives, the reference all else."""
    assert set(pc.__all__) - set(pc.objectives()) <= described()


@pytest.mark.parametrize("module", PUBLIC)
def test_each_name_of_a_public_module_has_a_place(module):
    if module in NEEDS:
        pytest.importorskip(NEEDS[module])
    names = set(importlib.import_module(f"polycontrast.{module}").__all__)
    at_top = {name for name in names if name in described()}
    assert {f"{module}.{name}" for name in names - at_top} <= described()


def references(objective):
    """The section of a docstring that names the papers."""
    return inspect.getdoc(objective).split("References\n----------\n")[1].split("\nExamples\n")[0]


def test_each_objective_leads_to_its_paper(papers):
    """By arXiv, by a DOI, or by an address; nothing looks like one without being one."""
    without = set()
    for name, objective in pc.objectives().items():
        text = references(objective)
        links = [papers.address(found) for found in papers.PAPER.finditer(text)]
        if not links and not re.search(r"https://\S+\.\S+", text):
            without.add(name)
        assert len(re.findall(r"arXiv|doi\b(?!/)", text)) == len(links), name
    assert without == WITHOUT_A_LINK


def test_names_of_papers_become_links(papers):
    made = list(papers.linked("A, arXiv\n2002.05709, and B, doi 10.1109/CVPR.2006.100. C."))
    assert [node.get("refuri") for node in made if hasattr(node, "get")] == [
        "https://arxiv.org/abs/2002.05709",
        "https://doi.org/10.1109/CVPR.2006.100",
    ]
    assert "".join(node.astext() for node in made).endswith("B, doi 10.1109/CVPR.2006.100. C.")


def public():
    """Public functions and classes with their names."""
    yield from ((name, getattr(pc, name)) for name in pc.__all__)
    for module in PUBLIC:
        if module not in NEEDS or importlib.util.find_spec(NEEDS[module]):
            found = importlib.import_module(f"polycontrast.{module}")
            yield from ((f"{module}.{name}", getattr(found, name)) for name in found.__all__)


def names(tree, context):
    """Names that a piece of code reads, or those that it sets."""
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, context)}


def test_examples_import_what_they_use():
    """So that the example of a docstring runs when it is pasted alone."""
    for name, thing in public():
        examples = doctest.DocTestParser().get_examples(inspect.getdoc(thing) or "")
        tree = ast.parse("".join(example.source for example in examples))
        made = names(tree, ast.Store) | set(vars(builtins))
        for node in ast.walk(tree):
            if isinstance(node, ast.alias):
                made.add((node.asname or node.name).partition(".")[0])
            elif isinstance(node, ast.arg):
                made.add(node.arg)
            elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                made.add(node.name)
        assert names(tree, ast.Load) <= made, name

"""The pages of the documentation: tables that are shown as tables, and no objective left out."""

import importlib
import inspect
import re
import sys
from pathlib import Path

import pytest

import polycontrast as pc

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"])
FAMILIES = sorted((DOCS / "catalogue").glob("*.rst"))
DEFAULTS = 12


def named(text):
    """Names in single backticks."""
    return re.findall(r"`(\w+)`", text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_table_has_a_head(page):
    """Rows without one, as after an empty line, would be shown as text."""
    blocks = re.findall(r"(?:^\|.*\n)+", page.read_text("utf-8"), re.M)
    for block in blocks:
        assert re.match(r".*\n\|( :?-+:? \|)+\n", block), block


def test_each_family_has_one_page():
    """So each objective is on exactly one: the page makes its entries from the registry."""
    families = {o.family for o in pc.objectives().values()}
    assert {page.stem for page in FAMILIES} == families
    for page in FAMILIES:
        text = page.read_text("utf-8")
        assert re.findall(r"^\.\. family:: (\w+)$", text, re.M) == [page.stem]
    assert "catalogue/*" in (DOCS / "catalogue.rst").read_text("utf-8")  # all are in the menu


@pytest.mark.parametrize("page", FAMILIES, ids=lambda page: page.stem)
def test_a_page_says_when_each_of_its_objectives_is_of_use(page):
    text = page.read_text("utf-8")
    members = [o for o in pc.objectives().values() if o.family == page.stem]
    cases = [line.strip().split(" | ") for line in text.splitlines() if " | " in line]
    assert all(len(case) == 3 for case in cases)
    used = named(" ".join(f"{use} {why}" for _, use, why in cases))
    assert {o.name for o in members} <= set(used)
    title, rule = text.splitlines()[:2]
    package = importlib.import_module(members[0].__module__.rpartition(".")[0])
    assert title == inspect.getdoc(package).partition("\n")[0].removesuffix(".")
    assert rule == "=" * len(title)


def test_the_page_of_defaults_is_short():
    """It names few objectives, all of which exist, and leads to all families."""
    text = (DOCS / "choosing.md").read_text("utf-8")
    prose = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    defaults = set(re.findall(r"\{objective\}`(\w+)`", prose))
    assert 1 <= len(defaults) <= DEFAULTS
    assert defaults == set(named(prose)) & pc.objectives().keys()
    assert "(catalogue.rst)" in prose
    for family in re.findall(r"\(catalogue/(\w+)\.rst\)", prose):
        assert DOCS / "catalogue" / f"{family}.rst" in FAMILIES


def drawn():
    """The module of the pictures of identities."""
    folder = str(DOCS / "_ext")
    sys.path.insert(0, folder)
    try:
        return importlib.import_module("identities")
    finally:
        sys.path.remove(folder)


def test_identities_are_drawn_on_the_pages_of_both_families():
    module, objectives = drawn(), pc.objectives()
    declared = module.identities(objectives.values())
    pairs = {(o.name, same.name) for o in objectives.values() for same in o.same_as}
    assert len(declared) == len(pairs) > 30
    for page in FAMILIES:
        family = {o.name for o in objectives.values() if o.family == page.stem}
        svg = "".join(module.picture(family, declared, lambda name: f"#{name}"))
        wanted = {pair for pair in pairs if family & set(pair)}
        assert svg.count("<path") == len(wanted)
        assert set(re.findall(r'href="#(\w+)"', svg)) == {name for pair in wanted for name in pair}
        for first, second in wanted:
            assert re.search(rf"<title>{first}: [^<]*{second}[^<]*</title>", svg)


def test_the_changelog_lists_each_objective_once():
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    entries = re.search(r"^Objectives, by family:\n(.*?)^What every", text, re.M | re.S)[1]
    listed = [set(named(entry)) for entry in re.split(r"^- ", entries, flags=re.M)]
    for name in pc.objectives():
        assert sum(name in entry for entry in listed) == 1, name

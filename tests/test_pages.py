"""The pages of the documentation: tables that are shown as tables, and no objective left out."""

import re
from pathlib import Path

import pytest

import polycontrast as pc

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"])
CHOOSING = ("choosing", "many_views", "small_batches", "structure")


def named(text):
    """Names in single backticks."""
    return re.findall(r"`(\w+)`", text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_table_has_a_head(page):
    """Rows without one, as after an empty line, would be shown as text."""
    blocks = re.findall(r"(?:^\|.*\n)+", page.read_text("utf-8"), re.M)
    for block in blocks:
        assert re.match(r".*\n\|( :?-+:? \|)+\n", block), block


def test_a_page_helps_to_choose_each_objective():
    text = "".join((DOCS / f"{name}.md").read_text("utf-8") for name in CHOOSING)
    assert pc.objectives().keys() <= set(named(text))


def test_the_changelog_lists_each_objective_once():
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    entries = re.search(r"^Objectives, by family:\n(.*?)^What every", text, re.M | re.S)[1]
    listed = [set(named(entry)) for entry in re.split(r"^- ", entries, flags=re.M)]
    for name in pc.objectives():
        assert sum(name in entry for entry in listed) == 1, name

"""Tables of the page about other packages, from the entries beside the code.

    python tools/crosswalk.py

writes ``docs/_tables/coming_from/PACKAGE.md`` for each package of `polycontrast.compat`. A test
compares these files with the entries.
"""

from pathlib import Path

from polycontrast.compat import PACKAGES, crosswalk

FOLDER = Path(__file__).parents[1] / "docs" / "_tables" / "coming_from"
COLUMNS = ("there", "here", "factor", "reducer", "refused, notes")


def table(package: str) -> str:
    """The table of one package, in Markdown."""
    rows = [COLUMNS, ["---"] * len(COLUMNS)]
    for entry in crosswalk(package):
        refused = f"Refused: {entry.refuses}." if entry.refuses else ""
        notes = " ".join(part for part in (refused, entry.note) if part)
        call = f"`{entry.ours}`"
        rows.append([f"`{entry.name}`", call, entry.factor, entry.reducer, notes])
    escaped = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in escaped) + "\n"


def main() -> None:
    """Write all tables."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for package in PACKAGES:
        (FOLDER / f"{package}.md").write_text(table(package), "utf-8")


if __name__ == "__main__":
    main()

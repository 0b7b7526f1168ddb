"""Tables of the page about other packages, from the entries beside the code.

    python tools/crosswalk.py

writes ``docs/_tables/coming_from/PACKAGE.md`` for each package of `polycontrast.compat`. A test
compares these files with the entries.
"""

from pathlib import Path

from polycontrast.compat import PACKAGES, crosswalk

FOLDER = Path(__file__).parents[1] / "docs" / "_tables" / "coming_from"
COLUMNS = ("there", "here", "factor, reducer")


def table(package: str) -> str:
    """The table of one package in Markdown, then what is refused and what else is special."""
    rows = [COLUMNS, ["---"] * len(COLUMNS)]
    refused: dict[str, list[str]] = {}
    notes: dict[str, list[str]] = {}
    for entry in crosswalk(package):
        how = entry.reducer if entry.factor == "1" else f"{entry.factor}; {entry.reducer}"
        rows.append((f"`{entry.name}`", f"`{entry.ours}`", how))
        for text, found in ((entry.refuses, refused), (entry.note, notes)):
            if text:
                found.setdefault(text, []).append(f"`{entry.name}`")
    escaped = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    lines = ["| " + " | ".join(row) + " |" for row in escaped] + [""]
    lines += [f"- {', '.join(names)}: {text}" for text, names in notes.items()]
    lines += [f"- Refused by {', '.join(names)}: {text}." for text, names in refused.items()]
    return "\n".join(lines).rstrip() + "\n"


def main() -> None:
    """Write all tables."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for package in PACKAGES:
        (FOLDER / f"{package}.md").write_text(table(package), "utf-8")


if __name__ == "__main__":
    main()

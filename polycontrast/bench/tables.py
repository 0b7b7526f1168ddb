"""Tables of results, as CSV for programs and as Markdown for readers."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def write_csv(path: Path, columns: Sequence[str], rows: Sequence[Sequence[Any]], note: str) -> None:
    """Write rows as CSV, each with the note about the machine."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([*columns, "setting"])
        writer.writerows([*row, note] for row in rows)


def write_markdown(
    path: Path, columns: Sequence[str], rows: Sequence[Sequence[Any]], note: str
) -> None:
    """Write rows as a Markdown table, with the note once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [columns, ["---"] * len(columns), *rows]
    text = "\n".join("| " + " | ".join(map(str, row)) + " |" for row in lines)
    path.write_text(f"{text}\n\n{note}.\n", encoding="utf-8")

"""Names of the files with results, and which files of a folder an earlier run wrote."""

import json
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from polycontrast.wording import literal

HEADS, REPORT, PAGE, PICTURE, ITEMS, ROWS = (
    "heads.npz",
    "report.json",
    "report.html",
    "summary.png",
    "items.csv",
    "aligned",
)
MOST_BYTES = 200  # of a name: file systems allow 255


def row_files(views: Iterable[str]) -> dict[str, str]:
    """File of the aligned rows of each view: ``aligned/<view>.npy``.

    Characters that no file name may have become ``_``, long names are cut, and names that some
    file systems cannot tell apart get a number.
    """
    files: dict[str, str] = {}
    taken: set[str] = set()
    for view in views:
        cleaned = literal(view).replace("/", "_").replace("\\", "_")
        stem = cleaned.encode()[:MOST_BYTES].decode(errors="ignore")
        name, number = stem, 2
        while _folded(name) in taken:
            name, number = f"{stem}_{number}", number + 1
        taken.add(_folded(name))
        files[view] = f"{ROWS}/{name}.npy"
    return files


def written_before(folder: Path) -> set[str]:
    """Files that an earlier run wrote into a folder, by the report it left there.

    Without a report of this command no file is one of its own, whatever its name.
    """
    try:
        report = json.loads((folder / REPORT).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return set()
    files: Any = report.get("files") if isinstance(report, dict) else None
    if not isinstance(files, dict) or "polycontrast" not in report:
        return set()
    return {HEADS, REPORT, PAGE, PICTURE, ITEMS, *map(str, files.values())}


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()

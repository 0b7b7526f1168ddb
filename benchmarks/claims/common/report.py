"""One table a claim: printed, and written beside its picture into the documentation."""

import platform
from pathlib import Path

import numpy as np
from PIL import Image

import polycontrast as pc
from polycontrast.bench import machine

DOCS = Path(__file__).parents[3] / "docs"


def setting():
    """Processor, cores and versions, for the line under a table."""
    versions = f"Python {platform.python_version()}, NumPy {np.__version__}"
    return f"{machine()}; {versions}, polycontrast {pc.__version__}"


def spread(values, digits=3):
    """Mean and standard deviation over runs, as text."""
    values = np.asarray(values, dtype=float)
    deviation = values.std(ddof=1) if values.size > 1 else 0.0
    return f"{values.mean():.{digits}f} ± {deviation:.{digits}f}"


def write_table(name, columns, rows, note):
    """Print a Markdown table and write it to ``docs/claims/tables/<name>.md``."""
    cells = [
        [str(c) for c in columns],
        ["---"] * len(columns),
        *([str(c) for c in r] for r in rows),
    ]
    text = "\n".join("| " + " | ".join(row) + " |" for row in cells) + f"\n\n{note}\n{setting()}.\n"
    print(text)
    path = DOCS / "claims" / "tables" / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def save_picture(figure, name):
    """Write a figure to ``docs/_static/claims/<name>.png``."""
    path = DOCS / "_static" / "claims" / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110, bbox_inches="tight")
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(128)  # a third of the size, no visible difference
    few.save(path, optimize=True)
    print(f"wrote {path.relative_to(DOCS.parent)}")

"""The pictures of the tutorials: each is what the script of its page draws.

python docs/pictures/tutorials.py
"""

import contextlib
import re
import runpy
import tempfile
from pathlib import Path

from digit_views import STATIC, small

from polycontrast.cli import main as polycontrast

DOCS = Path(__file__).resolve().parent.parent
EXAMPLES = DOCS / "examples"
ALIGN = "align profile.npy karhunen_loeve.npy --dim 32 --out found --quiet"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        gallery = (DOCS / "gallery.md").read_text("utf-8")
        for block in re.findall(r"^```python\n(.*?)^```", gallery, re.M | re.S):
            exec(block, {})
        for path in Path().glob("*.png"):
            small(path.read_bytes(), STATIC / "gallery" / path.name)
        for name in ("torch", "jax", "numpy", "search"):
            if name == "search":
                runpy.run_path(str(EXAMPLES / "tutorial_search_data.py"))
                polycontrast(ALIGN.split())
            runpy.run_path(str(EXAMPLES / f"tutorial_{name}.py"))
            small(Path(f"tutorial_{name}.png").read_bytes(), STATIC / "tutorials" / f"{name}.png")


if __name__ == "__main__":
    main()

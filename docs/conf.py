"""Sphinx configuration: MyST pages, numpydoc docstrings, examples that run."""

import sys
from pathlib import Path

import polycontrast

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "polycontrast"
author = "polycontrast developers"
copyright = "2026, polycontrast developers"  # Sphinx's name for it
release = version = polycontrast.__version__

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.doctest",
    "sphinx.ext.mathjax",
    "sphinx.ext.viewcode",
    "sphinx-mathjax-offline",  # formulas render without a network
    "sphinx_copybutton",
    "sphinx_design",
    "catalogue",
    "papers",
]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
exclude_patterns = ["_build", "_tables", "claims/tables"]  # tables are included by pages
nitpicky = False
highlight_language = "python"

html_theme = "furo"
html_title = f"polycontrast {release}"
html_static_path = ["_static"]
html_css_files = ["pages.css"]
html_js_files = ["pictures.js"]

myst_enable_extensions = ["amsmath", "colon_fence", "deflist", "dollarmath", "fieldlist"]
myst_heading_anchors = 3

autodoc_typehints = "none"  # the docstrings say types and shapes, in words
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

copybutton_prompt_text = r">>> |\.\.\. "  # what is copied runs when it is pasted
copybutton_prompt_is_regexp = True

doctest_path = [str(Path(__file__).parent / "examples")]

"""A page of results, whole in one file: the design that all commands share."""

from importlib.resources import files
from string import Template

import polycontrast as pc
from polycontrast.align.page.marks import shown


def page(title: str, asked: str, body: str, attribution: str = "") -> str:
    """The whole page.

    It needs nothing from outside: pictures, style and script are in it. It is light or dark as the
    reader's system is, and its tables sort.

    Parameters
    ----------
    title : str
        Plain words.
    asked : str
        What was asked, as HTML.
    body : str
        HTML of everything below, as `polycontrast.align.page.parts` makes it.
    attribution : str, optional
        The source of the data, in plain words.
    """
    return _file("page.html").substitute(
        title=shown(title),
        asked=asked,
        body=body,
        style=_file("page.css").template,
        script=_file("page.js").template,
        attribution=shown(attribution),
        version=shown(pc.__version__),
    )


def _file(name: str) -> Template:
    return Template((files(__name__) / name).read_text(encoding="utf-8"))

"""The page for people, report.html."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from string import Template
from typing import Any

from polycontrast.align.job.page import parts, tables, words
from polycontrast.align.job.page.marks import shown
from polycontrast.align.job.rows import matching_section


def to_html(report: dict[str, Any], pictures: Mapping[str, Sequence[str]]) -> str:
    """One page with everything in it.

    Parameters
    ----------
    report : dict
        As `report_of` makes it. ``"command"``, if there, is shown with a button that copies it.
    pictures : dict of list of str
        SVG of the parts of the page, as `polycontrast.plot.page_pictures` makes them: ``curves``
        and ``projection``, and where rows were held out ``recall`` and ``gap``.
    """
    return _file("page.html").substitute(
        title=f"{len(report['views'])} views aligned with {shown(report['objective'])}",
        style=_file("page.css").template,
        script=_file("page.js").template,
        asked=words.asked(report),
        command=parts.command(report),
        answer=words.answer(report),
        warnings=parts.warnings(report),
        tiles=parts.tiles(report),
        recall=parts.recall(report, pictures),
        failures=parts.failures(report),
        gap=parts.gap(report, pictures),
        projection=parts.figure(pictures["projection"]),
        curves=parts.figure(pictures["curves"], words.validation(report)),
        stopped=words.stopped(report),
        settings=tables.settings(report),
        matching=matching_section(report, shown),
        views=tables.views(report),
        attribution=shown(report.get("attribution", "")),
        version=shown(report["polycontrast"]),
    )


def _file(name: str) -> Template:
    return Template((files(__name__) / name).read_text(encoding="utf-8"))

"""The page of a run of align, report.html."""

from collections.abc import Mapping, Sequence
from typing import Any

from polycontrast.align.job.page import rows, sections, tables, words
from polycontrast.align.page import page
from polycontrast.align.page.parts import command, figure, warnings

USE = """<h2>Use it</h2>
<p><code>aligned/&lt;view&gt;.npy</code> holds all rows in the shared space, each of length 1:
inner products are cosines. <code>heads.npz</code> maps new rows:</p>
<pre>from polycontrast.align import load_heads
heads = load_heads("heads.npz")
z = heads["NAME OF A VIEW"](x)  # x: (rows, columns) of that view</pre>"""


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
    body = (
        command(report.get("command", "")),
        words.answer(report),
        warnings(report["warnings"]),
        sections.tiles(report),
        sections.recall(report, pictures),
        sections.failures(report),
        "<h2>The shared space</h2>",
        figure(pictures["projection"]),
        f"<h2>Training</h2><p>{words.stopped(report)}</p>",
        figure(pictures["curves"], words.validation(report)),
        sections.gap(report, pictures),
        rows.matching(report),
        rows.splits(report),
        f"<h2>Views</h2>{tables.views(report)}",
        f"<h2>Settings</h2>{tables.settings(report)}",
        USE,
    )
    return page(
        f"{len(report['views'])} views aligned with {report['objective']}",
        words.asked(report),
        "\n".join(body),
        report.get("attribution", ""),
    )

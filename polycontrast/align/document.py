"""Parts of an HTML page that shows figures, complete in one file."""

import base64
import html
from collections.abc import Iterable, Sequence
from string import Template

import polycontrast as pc
from polycontrast.wording import literal


def shown(words: object) -> str:
    """Words of users as HTML that shows them as they are written."""
    return html.escape(literal(words))


def tiles(figures: Iterable[tuple[str, str]]) -> str:
    """The main figures, each with what it is."""
    items = (f"<li><b>{shown(n)}</b><span>{shown(what)}</span></li>" for n, what in figures)
    return f'<ul class="tiles">{"".join(items)}</ul>'


def table(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """A table; it scrolls where it is wider than the page."""

    def line(cells: Sequence[object], tag: str) -> str:
        return f"<tr>{''.join(f'<{tag} dir=auto>{shown(cell)}</{tag}>' for cell in cells)}</tr>"

    body = "".join(line(row, "td") for row in rows)
    return f'<div class="wide"><table>{line(head, "th")}{body}</table></div>'


def picture(png: bytes, words: str) -> str:
    """A picture with what it shows, for those who cannot see it as well."""
    data = base64.b64encode(png).decode()
    return f'<figure><img src="data:image/png;base64,{data}" alt="{shown(words)}"></figure>'


def paragraph(words: str, kind: str = "") -> str:
    """A paragraph of plain words."""
    return f"<p{f' class={kind}' if kind else ''}>{shown(words)}</p>"


def page(title: str, body: str) -> str:
    """The whole page."""
    return PAGE.substitute(title=shown(title), body=body, version=pc.__version__)


PAGE = Template("""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>$title</title>
<style>
:root { --ink: #222; --muted: #555; --line: #ddd; --ground: #fff; --accent: #0072b2; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #eee; --muted: #bbb; --line: #444; --ground: #1b1b1b; --accent: #56b4e9; }
}
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground);
  max-width: 1100px; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; margin-bottom: 0; }
h2 { font-size: 1.2rem; margin-top: 2.5rem; }
p { color: var(--muted); max-width: 48rem; }
ul.tiles { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .8rem; }
ul.tiles li { border: 1px solid var(--line); border-radius: 8px; padding: .6rem 1rem;
  min-width: 8rem; max-width: 18rem; }
ul.tiles b { display: block; font-size: 1.5rem; color: var(--accent); }
ul.tiles span { font-size: .85rem; color: var(--muted); }
figure { margin: 1rem 0; }
img { max-width: 100%; height: auto; background: #fff; border-radius: 4px; }
div.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .92rem; overflow-wrap: normal; }
th, td { text-align: start; padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--line);
  vertical-align: top; }
p.warning { color: var(--ink); border-left: 5px solid #d55e00; padding: .3rem 1rem;
  font-weight: 600; }
footer { margin-top: 3rem; font-size: .85rem; color: var(--muted); }
</style>
<h1>$title</h1>
$body
<footer>polycontrast $version</footer>
</html>
""")

"""HTML of words and of tables."""

import html
from collections.abc import Sequence

from polycontrast.wording import literal

LONGEST = 80  # letters of an id in a cell


def shown(words: object) -> str:
    """Words of users as HTML that shows them as they are written."""
    return html.escape(literal(words))


def named(words: object) -> str:
    """The same for a name, whose direction of writing does not reach what stands beside it."""
    return f"<bdi>{shown(words)}</bdi>"


def line(cells: Sequence[str], tag: str = "td") -> str:
    """One line of a table; cells are HTML."""
    return f"<tr>{''.join(f'<{tag}>{cell}</{tag}>' for cell in cells)}</tr>"


def table(head: Sequence[str], lines: Sequence[Sequence[str]], foot: str = "") -> str:
    """A table that the reader can sort by any column; cells are HTML."""
    body = "".join(line(cells) for cells in lines)
    note = f"<p>{foot}</p>" if foot else ""
    return (
        f'<div class="wide"><table class="sorted"><thead>{line(head, "th")}</thead>'
        f"<tbody>{body}</tbody></table></div>{note}"
    )

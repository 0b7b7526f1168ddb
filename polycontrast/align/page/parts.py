"""Parts of a page: the command, the answer, warnings, large figures, pictures."""

from collections.abc import Iterable, Sequence

from polycontrast.align.page.marks import shown


def command(line: str) -> str:
    """The command that made the page, with a button that copies it; nothing without one."""
    if not line:
        return ""
    words = " ".join(f"<span>{shown(word)}</span>" for word in line.split(" "))  # break between
    return (
        f'<div class="command"><pre id="command">{words}</pre>'
        '<button type="button" data-copies="command">Copy</button></div>'
    )


def answer(number: str, sentence: str, notes: str = "") -> str:
    """The result: one number, one sentence that says what it is, and what is to know beside it.

    All three are HTML.
    """
    more = f"<p>{notes}</p>" if notes else ""
    return f'<p class="answer"><b>{number}</b> <span>{sentence}</span></p>{more}'


def warnings(said: Iterable[str]) -> str:
    """What a reader has to know first, in sentences without their full stops."""
    return "".join(f'<p class="warning">Warning: {shown(one)}.</p>' for one in said)


def tiles(figures: Iterable[tuple[str, str]]) -> str:
    """Further figures, large, each with what it is; both are HTML."""
    items = "".join(f"<li><b>{number}</b><span>{said}</span></li>" for number, said in figures)
    return f'<ul class="tiles">{items}</ul>'


def figure(pictures: Sequence[str], caption: str = "") -> str:
    """Pictures side by side, or one below the other where the page is narrow.

    Parameters
    ----------
    pictures : sequence of str
        SVG.
    caption : str, optional
        HTML.
    """
    panels = "".join(f'<div class="panel">{one}</div>' for one in pictures)
    if not panels:
        return f"<p>{caption}</p>"
    words = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure><div class="panels">{panels}</div>{words}</figure>'

"""Words that came from users, made fit for a line on a terminal, in a picture or in a page."""

import unicodedata

MOST_LETTERS = 200
LISTED_AT_MOST = 5

# Controls and line ends would move a terminal or break a line; surrogates stand for bytes that
# are no text, and can be neither printed nor stored.
_UNPRINTABLE = {"Cc", "Cs", "Zl", "Zp"}


def literal(words: object) -> str:
    r"""Text of one line that can be printed, drawn and stored everywhere.

    Characters that are no letters for the eye are written as escapes, everything else stays.

    >>> literal("two\nlines"), literal(b"caf\xc3\xa9"), literal("$x_1$ <b>")
    ('two\\nlines', 'café', '$x_1$ <b>')
    """
    text = words.decode("utf-8", "surrogateescape") if isinstance(words, bytes) else str(words)
    return "".join(
        repr(letter)[1:-1] if unicodedata.category(letter) in _UNPRINTABLE else letter
        for letter in text
    )


def shortened(words: object, most: int) -> str:
    """`literal` text of at most so many letters, cut at the end."""
    text = literal(words)
    return text if len(text) <= most else text[: most - 1] + "…"


def short(words: object) -> str:
    """`literal` text of bounded length, without its middle where it is long."""
    line, half = str(words), MOST_LETTERS // 2
    if len(line) > MOST_LETTERS:
        line = f"{line[:half]}...{line[-half:]}"
    return literal(line)


def listed(items: list[str], most: int = LISTED_AT_MOST) -> str:
    """The first few of many, and how many more there are."""
    more = f" and {len(items) - most:,} more" if len(items) > most else ""
    return ", ".join(short(item) for item in items[:most]) + more


def counted(rows: list[int], noun: str = "row") -> str:
    """``row 3``, or ``rows 3, 7 and 40 more``; rows count from 0."""
    return f"{noun if len(rows) == 1 else noun + 's'} {listed([str(row) for row in rows])}"

"""Names and cells of files in messages: of bounded length, on one line."""

MOST_LETTERS = 200
LISTED_AT_MOST = 5


def short(text: object) -> str:
    """Text in one line of printable letters, without its middle where it is long."""
    line, half = str(text), MOST_LETTERS // 2
    if len(line) > MOST_LETTERS:
        line = f"{line[:half]}...{line[-half:]}"
    return "".join(c if c.isprintable() else " " for c in line)


def listed(items: list[str], most: int = LISTED_AT_MOST) -> str:
    """The first few of many, and how many more there are."""
    more = f" and {len(items) - most:,} more" if len(items) > most else ""
    return ", ".join(short(item) for item in items[:most]) + more


def counted(rows: list[int], noun: str = "row") -> str:
    """``row 3``, or ``rows 3, 7 and 40 more``; rows count from 0."""
    return f"{noun if len(rows) == 1 else noun + 's'} {listed([str(row) for row in rows])}"

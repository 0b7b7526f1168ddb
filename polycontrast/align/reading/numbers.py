"""Numbers as files write them, which is less than Python reads as one."""

import re

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
INFINITE = re.compile(r"[+-]?inf(inity)?", re.IGNORECASE)
# How data frames, R and spreadsheets write that there is nothing.
MISSING = frozenset(
    {"", "nan", "NaN", "NAN", "-nan", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaT", "null", "NULL"}
    | {"None"}
)
# Identifiers such as 12_1, decimal commas, separated thousands, hex and the digits of other
# scripts. It is not certain whether these are numbers or words, so they are refused.
DOUBTFUL = re.compile(r"[+-]?(0[xob][\da-f_]+|\d[\d_,.' ]*(e[+-]?\d+)?)", re.IGNORECASE)


def number(cell: str) -> float | None:
    """Value of a cell: nan for a missing one, None for what is no number."""
    text = cell.strip()
    if NUMBER.fullmatch(text) or INFINITE.fullmatch(text):
        return float(text)
    return float("nan") if text in MISSING else None


def is_missing(cell: str | None) -> bool:
    """True for a cell that says that there is nothing."""
    return cell is None or cell.strip() in MISSING


def is_doubtful(cell: str) -> bool:
    """True for what looks like a number and is written in no form that is surely one."""
    return number(cell) is None and DOUBTFUL.fullmatch(cell.strip()) is not None

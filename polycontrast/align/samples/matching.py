"""Rows of several tables matched by their identifiers."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from polycontrast.align.errors import BadInput
from polycontrast.wording import counted, listed, short

SHOWN = 3  # identifiers in a message


@dataclass(frozen=True)
class Matched:
    """Where each thing is found in each view.

    Parameters
    ----------
    rows : integer array (M, n)
        Row of each view; -1 where the view lacks the thing.
    ids : object array (n,)
        Identifier of each thing; one that has several rows in a view stands here as often.
    counts : dict
        How many identifiers were matched, missing and dropped, for the report.
    """

    rows: np.ndarray
    ids: np.ndarray
    counts: dict[str, Any]

    @property
    def mask(self) -> np.ndarray:
        """True where a view has the thing."""
        return self.rows >= 0

    @property
    def repeated(self) -> bool:
        """True where an identifier stands in several rows."""
        return len(set(self.ids.tolist())) < len(self.ids)


def match(ids: dict[str, np.ndarray], many: bool = False) -> Matched:
    """Match rows by identifier.

    An identifier that only one view has is dropped. One that some views lack stays, with a mark
    where it is missing.

    Parameters
    ----------
    ids : dict of object array
        Identifiers of the rows of each view, as words; None where one is missing.
    many : bool
        Keep several rows of an identifier, where one view alone has several of it. Otherwise they
        are refused.

    Raises
    ------
    BadInput
        When an identifier is missing or stands in several rows, or no two views share one.
    """
    views = list(ids)
    known: dict[str, int] = {}
    codes = []
    for view, words in ids.items():
        missing = np.flatnonzero([word is None for word in words.tolist()])
        if len(missing):
            raise BadInput(f"{short(view)}: no id in {counted(missing.tolist())}")
        codes.append(np.array([known.setdefault(w, len(known)) for w in words.tolist()], dtype=int))
    names = np.array([*known, None], dtype=object)[:-1]
    counts = np.stack([np.bincount(one, minlength=len(known)) for one in codes])
    present = (counts > 0).sum(axis=0)
    kept = np.flatnonzero(present >= 2)
    if not len(kept):
        shown = "; ".join(
            f"{short(view)} has {listed([*dict.fromkeys(words.tolist())], SHOWN)}"
            for view, words in ids.items()
        )
        raise BadInput(f"no two views share an id: {shown}")
    _check_repeats(views, counts, names, codes, many)
    repeats = counts[:, kept].max(axis=0)
    things = np.repeat(kept, repeats)
    nth = np.arange(len(things)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    rows = np.stack([_rows_of(one, counts[m], things, nth) for m, one in enumerate(codes)])
    complete = int((present == len(views)).sum())
    return Matched(
        rows,
        names[things],
        {
            "ids": len(known),
            "matched": complete,
            "incomplete": len(kept) - complete,
            "dropped": len(known) - len(kept),
            "views": {
                view: {
                    "rows": len(codes[m]),
                    "ids": int((counts[m] > 0).sum()),
                    "missing": int((counts[m, kept] == 0).sum()),
                    "dropped": int(((counts[m] > 0) & (present < 2)).sum()),
                }
                for m, view in enumerate(views)
            },
        },
    )


def _rows_of(
    codes: np.ndarray, counts: np.ndarray, things: np.ndarray, nth: np.ndarray
) -> np.ndarray:
    """Row of each thing in one view; the n-th one where the view has several."""
    order = np.argsort(codes, kind="stable")
    first = np.cumsum(counts) - counts
    place = first[things] + np.minimum(nth, np.maximum(counts[things] - 1, 0))
    return np.where(counts[things] > 0, order[np.minimum(place, len(order) - 1)], -1)


def _check_repeats(
    views: list[str], counts: np.ndarray, names: np.ndarray, codes: list[np.ndarray], many: bool
) -> None:
    several = counts > 1
    if many:
        both = np.flatnonzero(several.sum(axis=0) > 1)
        if len(both):
            held = [short(views[m]) for m in np.flatnonzero(several[:, both[0]])]
            raise BadInput(
                f"id {short(names[both[0]])!r} stands in several rows of both {held[0]} and "
                f"{held[1]} ({counted_ids(len(both))} so); --many takes several rows in one view "
                "alone"
            )
        return
    for m, view in enumerate(views):
        twice = np.flatnonzero(several[m])
        if len(twice):
            where = counted(np.flatnonzero(codes[m] == twice[0]).tolist())
            raise BadInput(
                f"{short(view)}: {counted_ids(len(twice))} in several rows, such as "
                f"{short(names[twice[0]])!r} in {where}; --many keeps several rows of one view"
            )


def counted_ids(count: int) -> str:
    """``1 id stands``, or ``3 ids stand``."""
    return "1 id stands" if count == 1 else f"{count:,} ids stand"

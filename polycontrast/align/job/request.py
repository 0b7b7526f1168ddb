"""The files that a user names, and the rows, labels and groups that they give together."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from polycontrast.align.errors import BadInput
from polycontrast.align.reading import Choice, Choices, Table, read_views
from polycontrast.align.reading.archives import split_key
from polycontrast.align.reading.columns import no_column
from polycontrast.align.reading.guard import KNOWN
from polycontrast.align.reading.labels import (
    as_labels,
    checked_labels,
    read_by_id,
    read_labels,
    read_words,
)
from polycontrast.align.samples import Matched, Samples, match
from polycontrast.align.streams import StreamedRows
from polycontrast.align.watch import Watch, unwatched
from polycontrast.wording import counted, listed, short


@dataclass(frozen=True)
class Request:
    """Files of views, and what their columns are for.

    Parameters
    ----------
    files : list of str
    id : str, optional
        Column that says which thing a row is.
    ids : tuple of (str, str)
        View and file of its identifiers, for files without columns.
    many : bool
        Keep several rows of an identifier in one view.
    groups : str, optional
        Column, or file, with the group of each row.
    labels : str, optional
        File with the label of each row.
    label_column : str, optional
    columns : tuple of (str or None, str)
        View, or None for all, and name or pattern of a column that is a feature.
    """

    files: list[str]
    id: str | None = None
    ids: tuple[tuple[str, str], ...] = ()
    many: bool = False
    groups: str | None = None
    labels: str | None = None
    label_column: str | None = None
    columns: tuple[tuple[str | None, str], ...] = ()


@dataclass(frozen=True)
class Given:
    """Views whose row i is one thing, and what is known of the rows.

    Parameters
    ----------
    views : dict of array or StreamedRows (rows, columns)
    columns : dict of list of str
        Names of the columns of features, where the file has some.
    left_out : dict of list of str
        Columns that name the rows and are no features.
    labels : ndarray (rows,), optional
    samples : Samples
    matched : Matched, optional
        Where rows were matched by identifier.
    """

    views: dict[str, Any]
    columns: dict[str, list[str]] = field(default_factory=dict)
    left_out: dict[str, list[str]] = field(default_factory=dict)
    labels: np.ndarray | None = None
    samples: Samples | None = None
    matched: Matched | None = None


def read_request(request: Request, watch: Watch = unwatched) -> Given:
    """Read the files, match their rows, and find the label and the group of each.

    `watch` gets the progress.

    Raises
    ------
    BadInput
        In one line that names the file or the option.
    """
    if not request.files:
        raise BadInput("options for rows and columns need files of views")
    by_id = request.id is not None or bool(request.ids)
    if request.many and not by_id:
        raise BadInput("--many needs --id or --ids, which say which rows are one thing")
    if request.labels and request.label_column:
        raise BadInput("--labels and --label-column both name labels; give one of them")
    group_file = request.groups is not None and _is_file(request.groups)
    choice = Choice(
        id=request.id,
        group=None if group_file else request.groups,
        label=request.label_column,
    )
    beside = (*(spec for _, spec in request.ids), request.labels, request.groups)
    tables = read_views(
        request.files,
        Choices(choice, request.columns, dict(request.ids)),
        tuple(spec for spec in beside if spec is not None),
        watch,
    )
    matched = match(_ids(tables, request), request.many) if by_id else None
    views = {
        name: table.values if matched is None else _rows(table.values, matched.rows[m])
        for m, (name, table) in enumerate(tables.items())
    }
    rows = next(iter(views.values())).shape[0]
    labels = _labels(request, tables, matched, rows)
    groups = _groups(request, tables, matched, rows, group_file)
    samples = None
    if len({view.shape[0] for view in views.values()}) == 1:
        mask = ids = None
        if matched is not None:
            mask, ids = matched.mask, matched.ids if matched.repeated else None
        samples = Samples.of(rows, len(views), mask, ids, groups, "align")
    return Given(
        views,
        {name: table.columns for name, table in tables.items() if table.columns},
        {name: table.left_out for name, table in tables.items() if table.left_out},
        labels,
        samples,
        matched,
    )


def _is_file(spec: str) -> bool:
    """True for what has the ending of a file that can be read; anything else names a column."""
    return split_key(spec)[0].suffix.lower() in KNOWN


def _ids(tables: dict[str, Table], request: Request) -> dict[str, np.ndarray]:
    """Identifiers of the rows of each view."""
    files = dict(request.ids)
    if len(files) < len(request.ids):
        twice = [view for n, (view, _) in enumerate(request.ids) if view in dict(request.ids[:n])]
        raise BadInput(f"--ids {short(twice[0])}: this view is given ids twice")
    for view in files:
        if view not in tables:
            raise BadInput(
                f"--ids {short(view)}: no view has this name; the views are "
                f"{listed(list(tables), 20)}"
            )
    found = {}
    for view, table in tables.items():
        if view in files:
            found[view] = read_words(files[view], len(table.values), "ids", request.id)
        elif "id" in table.roles:
            found[view] = table.roles["id"]
        else:
            raise BadInput(
                f"{short(view)}: has no column of ids; --ids {short(view)}=FILE names a file with "
                "the id of each row"
            )
    return found


def _rows(values: Any, rows: np.ndarray) -> Any:
    """Rows by number; those that are missing, -1, are any numbers."""
    if np.array_equal(rows, np.arange(len(values))):
        return values
    if isinstance(values, StreamedRows):
        return values.take(np.maximum(rows, 0)).only(rows >= 0)
    return values[np.maximum(rows, 0)]


def _labels(
    request: Request, tables: dict[str, Table], matched: Matched | None, rows: int
) -> np.ndarray | None:
    if request.label_column is not None:
        words = _of_column("label", request.label_column, tables, matched)
        return checked_labels(f"column {short(request.label_column)!r}", as_labels(words), rows)
    if request.labels is None:
        return None
    if matched is None:
        return read_labels(request.labels, rows)
    words = _by_id(request.labels, request, matched, "labels")
    return checked_labels(short(request.labels), as_labels(words), rows)


def _groups(
    request: Request,
    tables: dict[str, Table],
    matched: Matched | None,
    rows: int,
    is_file: bool,
) -> list[str] | None:
    if request.groups is None:
        return None
    if not is_file:
        words = _of_column("group", request.groups, tables, matched)
    elif matched is not None:
        words = _by_id(request.groups, request, matched, "groups")
    else:
        words = read_words(request.groups, rows, "groups").tolist()
    missing = [n for n, word in enumerate(words) if word is None]
    if missing:
        where = counted(missing) if matched is None else _of_ids(matched, missing)
        raise BadInput(f"--groups {short(request.groups)}: no group for {where}")
    return words


def _of_ids(matched: Matched, rows: list[int]) -> str:
    names = list(dict.fromkeys(matched.ids[rows].tolist()))
    return f"{'id' if len(names) == 1 else 'ids'} {listed(names)}"


def _by_id(spec: str, request: Request, matched: Matched, what: str) -> list[Any]:
    """Words of a table with identifiers, in the order of the matched rows."""
    if request.id is None:
        raise BadInput(
            f"{short(spec)}: rows are matched by id, so {what} need the name of their column of "
            "ids: --id COLUMN"
        )
    words = read_by_id(spec, request.id)
    found = [words.get(one) for one in matched.ids.tolist()]
    missing = [n for n, word in enumerate(found) if word is None]
    if missing:
        raise BadInput(f"{short(spec)}: no {what} for {_of_ids(matched, missing)}")
    return found


def _of_column(
    role: str, name: str, tables: dict[str, Table], matched: Matched | None
) -> list[Any]:
    """Words of a column of the tables, one a row; tables that have it must agree."""
    holders = {view: t.roles[role] for view, t in tables.items() if role in t.roles}
    if not holders:
        held = [column for t in tables.values() for column in t.held]
        raise no_column("the views", name, list(dict.fromkeys(held)))
    found: list[Any] = []
    for m, view in enumerate(tables):
        if view not in holders:
            continue
        words = holders[view].tolist()
        if matched is not None:
            words = [None if row < 0 else words[row] for row in matched.rows[m].tolist()]
        found = found or [None] * len(words)
        for n, (one, other) in enumerate(zip(found, words, strict=False)):
            if one is not None and other is not None and one != other:
                row = f"row {n}" if matched is None else f"id {short(matched.ids[n])!r}"
                raise BadInput(
                    f"column {short(name)!r}: {row} has {short(other)!r} in {short(view)} and "
                    f"{short(one)!r} in another view"
                )
            found[n] = other if one is None else one
    return found

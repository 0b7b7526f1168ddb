"""The items of one file: rows of numbers, and the id of each."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from polycontrast.align.errors import BadInput
from polycontrast.align.estimator.aligner import Aligner
from polycontrast.align.inputs import check_columns, check_finite, floating
from polycontrast.align.mapping import map_rows
from polycontrast.align.reading import Choice, read_table
from polycontrast.align.reading.files import view_name
from polycontrast.align.reading.labels import read_words
from polycontrast.align.streams import StreamedRows, watched_blocks
from polycontrast.align.watch import Watch, unwatched
from polycontrast.wording import counted, listed, short


@dataclass(frozen=True)
class Items:
    """Rows of one view, and what names them.

    Parameters
    ----------
    view : str
    rows : array or StreamedRows (n, columns)
    ids : object array (n,), optional
        Default: rows are named by their numbers.
    left_out : list of str
        Columns of the file that name the rows and are no features.
    numbers : integer array (n,), optional
        Rows of the file that these are. Default: all.
    """

    view: str
    rows: Any
    ids: np.ndarray | None = None
    left_out: list[str] = field(default_factory=list)
    numbers: np.ndarray | None = None

    @property
    def names(self) -> np.ndarray:
        """The id of each row; its number in the file where there are no ids."""
        if self.ids is not None:
            return self.ids
        return np.arange(self.rows.shape[0]) if self.numbers is None else self.numbers


def read_items(
    spec: str,
    id_column: str | None = None,
    ids_file: str | None = None,
    columns: tuple[str, ...] = (),
    view: str | None = None,
    watch: Watch = unwatched,
) -> Items:
    """Read the items of a file.

    Parameters
    ----------
    spec : str
        As `read_table` takes it.
    id_column : str, optional
        Column with the id of each row.
    ids_file : str, optional
        File with the ids, for a file without such a column.
    columns : tuple of str
        Names or patterns of the features. Default: all numbers that do not name the rows.
    view : str, optional
        Default: the name of the file.
    watch : callable, optional
        Gets the progress.

    Raises
    ------
    BadInput
        When a file cannot be read, or an id is missing or stands in several rows.
    """
    choice = Choice(id=None if ids_file else id_column, features=columns)
    table = read_table(spec, choice, watch)
    ids = table.roles.get("id")
    if ids_file is not None:
        ids = read_words(ids_file, len(table.values), "ids", id_column)
    elif id_column is not None and ids is None:
        raise BadInput(
            f"{short(spec)}: has no columns with names; a file of ids with one id a row names them"
        )
    if ids is not None:
        _check_ids(ids_file or spec, ids)
    if table.values.ndim != 2:
        raise BadInput(
            f"{short(spec)}: must be two-dimensional (rows, columns); got shape "
            f"{tuple(table.values.shape)}"
        )
    return Items(view or view_name(spec), table.values, ids, table.left_out)


def _check_ids(spec: str, ids: np.ndarray) -> None:
    missing = [n for n, word in enumerate(ids.tolist()) if word is None]
    if missing:
        raise BadInput(f"{short(spec)}: no id in {counted(missing)}")
    first: dict[str, int] = {}
    for n, word in enumerate(ids.tolist()):
        if first.setdefault(word, n) != n:
            raise BadInput(
                f"{short(spec)}: id {short(word)!r} stands in rows {first[word]} and {n}; an id "
                "names one row"
            )


def head_of(aligner: Aligner, spec: str, heads: str) -> tuple[str, str]:
    """View and file of ``VIEW=FILE``; a file alone is of the view that has its name.

    Parameters
    ----------
    aligner : Aligner
    spec : str
    heads : str
        Name of the file of heads, for the message.
    """
    views = list(aligner.view_names_)
    left, equals, right = spec.partition("=")
    if equals and left in views:
        return left, right
    name = view_name(spec)
    if name in views:
        return name, spec
    wrong = short(left if equals else name)
    raise BadInput(
        f"{short(spec)}: no view of {short(heads)} has the name {wrong!r}; name one as VIEW=FILE; "
        f"its views are {listed(views, 20)}"
    )


def mapped(items: Items, aligner: Aligner) -> Items:
    """Items in the shared space of an aligner, as unit rows; rows in files stay there.

    Raises
    ------
    BadInput
        When the rows have another number of columns than those of `Aligner.fit`, or an entry that
        is missing, infinite or too far from those to be mapped.
    """
    m = list(aligner.view_names_).index(items.view)
    head, width, name = aligner.heads_[m], aligner.n_features_in_[m], short(items.view)
    if items.rows.shape[1] != width:
        left = f" ({', '.join(items.left_out)} left out)" if items.left_out else ""
        raise BadInput(
            f"{name} must have {width} columns as in fit; got {items.rows.shape[1]}{left}; "
            "--columns chooses columns by name"
        )

    def function(block: Any) -> Any:
        return head.map(check_columns(name, block, width))

    dim, dtype = aligner.n_components_, aligner.dtype
    return replace(items, rows=map_rows(name, items.rows, function, dim, dtype))


def existing(items: Items, watch: Watch = unwatched) -> tuple[Items, int]:
    """Items without the rows that are nan throughout, and how many these are.

    ``polycontrast align`` writes such rows for things that a view lacks.

    Raises
    ------
    BadInput
        When a row is nan in part, or infinite.
    """
    blocks = watched_blocks(items.rows, watch, f"checking the numbers of {items.view}")
    gone = np.concatenate([np.isnan(floating(block)).all(axis=1) for _, block in blocks])
    kept = np.flatnonzero(~gone)
    if not len(kept):
        raise BadInput(f"{short(items.view)}: all rows are missing (nan)")
    if len(kept) == len(gone):
        _check_rows(items)
        return items, 0
    streamed = isinstance(items.rows, StreamedRows)
    rows = items.rows.take(kept) if streamed else items.rows[kept]
    ids = None if items.ids is None else items.ids[kept]
    found = replace(items, rows=rows, ids=ids, numbers=kept)
    _check_rows(found)
    return found, int(gone.sum())


def _check_rows(items: Items) -> None:
    if not isinstance(items.rows, StreamedRows):  # those are checked as they are read
        check_finite(short(items.view), items.rows)

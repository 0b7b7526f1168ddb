"""Labels, identifiers and groups from files of their own."""

from pathlib import Path

import numpy as np

from polycontrast.align.errors import BadInput
from polycontrast.align.reading.choice import Choice
from polycontrast.align.reading.columns import Column, layout_of, no_column, text_of
from polycontrast.align.reading.guard import guarded, read_array
from polycontrast.align.reading.numbers import is_missing, number
from polycontrast.align.reading.sheets import is_sheet, sheet_columns
from polycontrast.wording import counted, listed, short

LABEL_NAMES = {"label", "labels", "class", "classes", "target", "targets", "y"}
LONGEST_LABEL = 1_000  # letters
EXACT = 2**53  # whole numbers up to here are told apart in float64


def read_labels(spec: str, rows: int) -> np.ndarray:
    """Read one label a row: numbers or words.

    Raises
    ------
    BadInput
        When there is not exactly one label for each of `rows` rows.
    """
    return checked_labels(short(spec), _one_column(spec, rows, "labels"), rows)


def read_words(spec: str, rows: int, what: str, column: str | None = None) -> np.ndarray:
    """Read one word a row, such as an identifier or a group, as it is written.

    Parameters
    ----------
    spec : str
    rows : int
    what : str
        What the words are, for messages.
    column : str, optional
        Name of their column, if the file has it. Default: the only column.

    Raises
    ------
    BadInput
        When there is not exactly one for each of `rows` rows.
    """
    words = text_of(_one_column(spec, rows, what, column, as_written=True))
    if len(words) != rows:
        raise BadInput(f"{short(spec)}: {len(words):,} {what} for {rows:,} rows")
    return words


def read_by_id(spec: str, id_column: str) -> dict[str, str]:
    """Read a table with a column of identifiers and one other; the word of each identifier.

    Raises
    ------
    BadInput
        When a column is missing or more than one is left, or an identifier has two words.
    """

    def read(path: Path, key: str | None) -> dict[str, str]:
        choice = Choice(id=id_column)
        columns = sheet_columns(path, choice=choice) if is_sheet(path) else []
        names = [column.name for column in columns]
        if id_column not in names:
            raise BadInput(f"{no_column(path, id_column, names)}: rows are matched by it")
        rest = [column for column in columns if column.name != id_column]
        if len(rest) != 1:
            others = listed([repr(column.name) for column in rest]) or "none"
            raise BadInput(f"{short(path)}: must have one column beside the ids; got {others}")
        ids, words = (
            text_of(column.values) for column in (columns[names.index(id_column)], rest[0])
        )
        found: dict[str, str] = {}
        for one, word in zip(ids.tolist(), words.tolist(), strict=True):
            if one is not None and word is not None and found.setdefault(one, word) != word:
                raise BadInput(
                    f"{short(path)}: id {short(one)!r} has both {short(found[one])!r} and "
                    f"{short(word)!r}"
                )
        return found

    return guarded(spec, read)


def as_labels(words: list[str | None]) -> np.ndarray:
    """Words as numbers where all of them are; else as words."""
    numbers = [None if word is None else number(word) for word in words]
    if None not in numbers:
        return np.array(numbers, dtype=np.float64)
    found = np.empty(len(words), dtype=object)
    found[:] = words
    return found


def _one_column(
    spec: str, rows: int, what: str, column: str | None = None, as_written: bool = False
) -> np.ndarray:
    def read(path: Path, key: str | None) -> np.ndarray:
        if not is_sheet(path):
            values = read_array(path, key)[1]
            if values.ndim == 2 and values.shape[1] == 1:
                return values[:, 0]
            if values.ndim != 1:
                raise BadInput(
                    f"{short(spec)}: {what} must be one column; got shape {values.shape}"
                )
            return values
        columns: list[Column] = sheet_columns(path, rows)
        kept = [one for one in columns if one.name == column] or columns
        if len(kept) > 1:
            layout = layout_of(path, columns)
            kept = [columns[n] for n in layout.features]
        if len(kept) > 1 and what == "labels":
            kept = [one for one in kept if one.name.lower() in LABEL_NAMES] or kept
        if len(kept) != 1:
            names = listed([repr(column.name) for column in kept or columns])
            other = ", or one whose name is label, class or target" * (what == "labels")
            raise BadInput(f"{short(spec)}: {what} must be one column{other}; got {names}")
        if as_written and path.suffix.lower() != ".parquet":
            place = next(n for n, one in enumerate(columns) if one is kept[0])
            return sheet_columns(path, rows, Choice(id=kept[0].name))[place].values
        return kept[0].values

    return guarded(spec, read)


def checked_labels(spec: str, labels: np.ndarray, rows: int) -> np.ndarray:
    """Labels as plain numbers or words, after checks."""
    if labels.ndim != 1:
        raise BadInput(f"{spec}: labels must be one column; got shape {labels.shape}")
    if len(labels) != rows:
        raise BadInput(f"{spec}: {len(labels):,} labels for {rows:,} rows")
    kind = labels.dtype.kind
    if kind not in "biufUSO":
        raise BadInput(f"{spec}: labels must be numbers or words; got {labels.dtype}")
    if kind == "S":
        labels = np.char.decode(labels, "utf-8", "replace")
    if kind == "f":
        missing = np.flatnonzero(~np.isfinite(labels))
    elif kind in "biu":
        return labels
    else:
        missing = np.flatnonzero([is_missing(label) for label in labels.tolist()])
    if len(missing):
        raise BadInput(
            f"{spec}: labels have missing (nan, empty) or infinite values in "
            f"{counted(missing.tolist())} of {rows:,} (rows count from 0)"
        )
    if kind == "f":
        if np.abs(labels).max() >= EXACT:
            raise BadInput(f"{spec}: labels have numbers from 2^53 on, which are not told apart")
        return labels
    if max(len(label) for label in labels) > LONGEST_LABEL:
        raise BadInput(f"{spec}: labels have more than {LONGEST_LABEL:,} letters")
    return labels.astype(str)

"""The table that one file, or one folder of files, gives."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Table:
    """Features of one view, and what its file says of the rows.

    Parameters
    ----------
    name : str
        What the view is called.
    values : ndarray or StreamedRows (rows, columns)
        A large table stays in its file.
    columns : list of str, optional
        Names where the file has some.
    left_out : list of str
        Columns that name the rows and are no features.
    row_names : ndarray, optional
        What the first of them says.
    roles : dict of ndarray
        ``"id"``, ``"group"`` and ``"label"`` of each row as words, where these columns were
        chosen and exist; None where one is missing.
    held : list of str
        Names of all columns of the file, for messages.
    """

    name: str
    values: Any
    columns: list[str] | None = None
    left_out: list[str] = field(default_factory=list)
    row_names: np.ndarray | None = None
    roles: dict[str, np.ndarray] = field(default_factory=dict)
    held: list[str] = field(default_factory=list)

"""A space: embeddings of several views of the same rows, from files."""

import csv
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from polycontrast.align.errors import BadInput
from polycontrast.align.inputs import check_finite, floating
from polycontrast.align.job.names import ITEMS, REPORT, ROWS
from polycontrast.align.job.request import Request, read_request
from polycontrast.align.reading.guard import KNOWN
from polycontrast.align.samples import Samples
from polycontrast.align.streams import watched_blocks
from polycontrast.align.watch import Watch, unwatched
from polycontrast.wording import short, shortened

LONGEST_NAME = 40  # letters
FEWEST_ROWS = 2


@dataclass(frozen=True)
class Space:
    """Embeddings of M views.

    Parameters
    ----------
    name : str
    views : dict of array or StreamedRows (rows, dim)
    mask : bool array (M, rows)
        True where a view of a row exists: it is not nan throughout.
    samples : Samples
    labels : ndarray (rows,), optional
    held_out : integer array, optional
        Rows that nothing was learned from, where this is known.
    learned_from : int
        Rows that a run has learned from, and that cannot be told from the others.
    """

    name: str
    views: dict[str, Any]
    mask: np.ndarray
    samples: Samples
    labels: np.ndarray | None = None
    held_out: np.ndarray | None = None
    learned_from: int = 0

    def renamed(self, name: str) -> "Space":
        """The same space under another name."""
        return replace(self, name=name)

    @property
    def rows(self) -> np.ndarray:
        """Rows that two views or more have, of those held out where this is known."""
        there = self.mask.sum(axis=0) >= 2
        if self.held_out is not None:
            held = np.zeros(len(there), dtype=bool)
            held[self.held_out] = True
            there &= held
        return np.flatnonzero(there)


def read_space(request: Request, watch: Watch = unwatched) -> Space:
    """Read embeddings that are in one space.

    Parameters
    ----------
    request : Request
        Its files are views. One folder alone has a view in each of its files; the folder of a run
        of ``polycontrast align`` stands for the aligned rows in it.
    watch : callable, optional
        Gets the progress.

    Raises
    ------
    BadInput
        When a file cannot be read, widths differ, or numbers are missing in a part of a row.
    """
    folder = Path(request.files[0])
    name = shortened(folder.name or str(folder), LONGEST_NAME)
    run = None
    if len(request.files) == 1 and folder.is_dir():
        run = folder if (folder / ROWS).is_dir() else folder.parent
        request = replace(request, files=_files_of(folder))
    elif len(request.files) > 1:
        name = "embeddings"
    given = read_request(request, watch)
    views = given.views
    widths = {view: values.shape[1] for view, values in views.items() if values.ndim == 2}
    if len(widths) < len(views) or len(set(widths.values())) > 1:
        got = ", ".join(f"{short(view)} {tuple(v.shape)}" for view, v in views.items())
        raise BadInput(
            f"{name}: the views must be in one space, with equally many columns; got {got}; "
            "polycontrast align brings them into one"
        )
    counts = {values.shape[0] for values in views.values()}
    if len(counts) > 1:
        got = ", ".join(f"{short(view)} {v.shape[0]:,}" for view, v in views.items())
        raise BadInput(f"{name}: views must have equal numbers of rows; got {got}; or give --id")
    mask = np.stack([_there(view, values, watch) for view, values in views.items()])
    samples = given.samples or Samples(counts.pop())
    if samples.mask is not None:
        mask &= samples.mask
    space = Space(name, views, mask, Samples(samples.rows, None, samples.ids), given.labels)
    if run is not None and given.matched is None:
        space = _with_split(space, run)
    if len(space.rows) < FEWEST_ROWS:
        raise BadInput(f"{name}: too few rows that two views have; got {len(space.rows)}")
    return space


def _files_of(folder: Path) -> list[str]:
    """Files of the views in a folder."""
    inside = folder / ROWS if (folder / ROWS).is_dir() else folder
    files = sorted(path for path in inside.iterdir() if path.suffix.lower() in KNOWN)
    if len(files) < 2:
        raise BadInput(
            f"{short(folder)}: must hold two files of embeddings or more, one a view; got "
            f"{len(files)}"
        )
    return [str(path) for path in files]


def _there(view: str, values: Any, watch: Watch) -> np.ndarray:
    """True for rows that exist; a row that is nan in part is refused."""
    found = []
    for start, block in watched_blocks(values, watch, f"checking the numbers of {view}"):
        block = np.asarray(floating(block))
        there = ~np.isnan(block).all(axis=1)
        check_finite(
            short(view) + f" from row {start} on" * bool(start),
            np.where(there[:, None], block, 0.0),
        )
        found.append(there)
    return np.concatenate(found)


def _with_split(space: Space, run: Path) -> Space:
    """The space with the rows that a run of ``polycontrast align`` has held out."""
    try:
        report = json.loads((run / REPORT).read_text(encoding="utf-8"))
        test, train = int(report["n_test"]), int(report["n_train"])
        seed, grouped = int(report["seed"]), "groups" in report
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return space  # of another tool
    rows = space.samples.rows
    if test + train != rows or test == 0:
        return replace(space, learned_from=train)
    if (run / ITEMS).is_file():
        held = _held_out(run / ITEMS)
    elif grouped:
        return replace(space, learned_from=train)
    else:
        held = Samples(rows).split(test, np.random.default_rng(seed))[1]
    if len(held) != test or held.max() >= rows:
        return replace(space, learned_from=train)
    return replace(space, held_out=held)


def _held_out(path: Path) -> np.ndarray:
    with path.open(newline="", encoding="utf-8") as file:
        return np.flatnonzero([line.get("held_out") == "1" for line in csv.DictReader(file)])

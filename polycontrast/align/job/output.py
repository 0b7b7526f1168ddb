"""The folder of results, in which neither files of others nor results are lost.

Results are written into a draft inside the folder, and moved to their places together when all of
them are there. Only files that an earlier run wrote, that were there when the command began and
have not changed since, make way for them.
"""

import os
import secrets
import shutil
import signal
import tempfile
import threading
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from polycontrast.align.errors import BadInput, Unfinished
from polycontrast.align.job.names import written_before
from polycontrast.wording import listed

LISTED = 3  # names in a message
KEPT = "polycontrast-"  # begins the name of a folder with results that have found no place
SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")

Replaceable = dict[str, tuple[int, ...]]
"""Names of files that a run may replace, and what they were like when it began."""


def check_output(
    out: Path, force: bool, ours: Callable[[Path], Collection[str]] = written_before
) -> Replaceable:
    """Refuse a place that cannot be written, or holds files that could be lost.

    Parameters
    ----------
    out : Path
    force : bool
        Whether results of an earlier run may be replaced.
    ours : callable
        From a folder to the names of files in it that an earlier run wrote.

    Returns
    -------
    Replaceable
        For `whole_folder`.

    Raises
    ------
    BadInput
    """
    if any(unicodedata.category(letter) == "Cc" for letter in str(out)):
        raise BadInput(f"--out must be a path without line ends and controls; got {str(out)!r}")
    try:
        if out.is_symlink():
            raise BadInput(f"{out}: is a link; name the folder that should hold the results")
        if out.exists() and not out.is_dir():
            raise BadInput(f"{out}: exists and is no folder")
        place = out.resolve()
        if place == place.parent:
            raise BadInput(f"{out}: is the root of the file system; name a folder inside it")
        if place == Path.cwd().resolve():
            raise BadInput(f"{out}: is the current folder; name one inside it")
        held, foreign = _contents(out, ours(out)) if out.exists() else (set(), set())
        if kept := {name for name in foreign if name.startswith(KEPT)}:
            raise BadInput(
                f"{out}: holds results of a run that could not finish "
                f"({listed(sorted(kept), LISTED)}); move or remove them"
            )
        if foreign:
            raise BadInput(
                f"{out}: holds files that this command did not write "
                f"({listed(sorted(foreign), LISTED)}); not replaced"
            )
        if held and not force:
            raise BadInput(f"{out}: exists already; --force replaces it")
        _try_writing(out)
    except OSError as error:
        raise BadInput(f"{out}: cannot be written: {_reason(error, out)}") from None
    return {name: _mark(out / name) for name in held}


@contextmanager
def whole_folder(out: Path, replace: Replaceable) -> Iterator[Path]:
    """Give a draft folder whose files take their places in `out` when all went well.

    An error or an interrupt passes on, after the files that were complete have been kept; a note
    on it says where they are.

    Raises
    ------
    Unfinished
        When something is in the way: the message says where the results are.
    """
    made: list[Path] = []
    draft = place = None
    try:
        with _undisturbed():
            draft = _draft(out, made)
        try:
            yield draft
        except BaseException as error:
            if names := _files(draft):
                with _undisturbed():  # results in part do not replace old ones that are whole
                    place, _ = (draft, "") if replace else _settle(draft, out, {})
                error.add_note(f"{listed(list(names), LISTED)} can be found in {place}")
            raise
        with _undisturbed():
            place, obstacle = _settle(draft, out, replace)
        if obstacle:
            raise Unfinished(f"{obstacle}; the results are in {place}")
    finally:
        with _undisturbed():
            if draft is not None and place != draft:
                shutil.rmtree(draft, ignore_errors=True)
            _remove_empty(made)


def write_all(folder: Path, steps: Mapping[str, Callable[[Path], object]]) -> None:
    """Write files one by one, the most precious first; go on after one that fails.

    Parameters
    ----------
    folder : Path
    steps : dict of callable
        By name of the file: writes it to the path it is given.

    Raises
    ------
    Unfinished
        When files could not be written. The first of all is then saved elsewhere, if that helps.
    """
    failed: dict[str, str] = {}
    for name, write in steps.items():
        try:
            _write(folder / name, write)
        except Exception as error:  # a full disk, or a fault in a picture: neither costs the rest
            failed[name] = _reason(error, folder / name)
    if failed:
        reason = next(iter(failed.values()))
        unfinished = Unfinished(f"{listed(list(failed), LISTED)} could not be written: {reason}")
        first = next(iter(steps))
        if first in failed:
            with suppress(Exception):
                elsewhere = Path(tempfile.mkdtemp(prefix=KEPT))
                try:
                    _write(elsewhere / first, steps[first])
                    unfinished.add_note(f"{first} can be found in {elsewhere}")
                except BaseException:
                    shutil.rmtree(elsewhere, ignore_errors=True)
                    raise
        raise unfinished


def _write(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file whole, or leave none."""
    try:
        path.parent.mkdir(exist_ok=True)
        write(path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _contents(folder: Path, ours: Collection[str], inside: str = "") -> tuple[set[str], set[str]]:
    """Names of the files of an earlier run, and of everything else, relative to the folder."""
    held: set[str] = set()
    foreign: set[str] = set()
    for entry in os.scandir(folder / inside):
        name = inside + entry.name
        if entry.is_dir(follow_symlinks=False) and any(n.startswith(f"{name}/") for n in ours):
            deeper = _contents(folder, ours, f"{name}/")
            held, foreign = held | deeper[0], foreign | deeper[1]
        elif name in ours and entry.is_file(follow_symlinks=False):
            held.add(name)
        else:
            foreign.add(name)
    return held, foreign


def _try_writing(out: Path) -> None:
    """Make the folder and a draft in it, and take both away again."""
    made: list[Path] = []
    with _undisturbed():
        try:
            _make(out, made)
            _new_draft(out).rmdir()
        finally:
            _remove_empty(made)


def _draft(out: Path, made: list[Path]) -> Path:
    """New empty folder in `out`, or among the temporary files where that has become impossible."""
    try:
        if out.is_symlink():
            raise NotADirectoryError
        _make(out, made)
        return _new_draft(out)
    except OSError:
        return _new_draft(Path(tempfile.gettempdir()))


def _make(out: Path, made: list[Path]) -> None:
    """Make a folder and those above it that are missing; note which."""
    for folder in reversed([out.absolute(), *out.absolute().parents]):
        if not folder.is_dir():
            folder.mkdir()
            made.append(folder)


def _new_draft(folder: Path) -> Path:
    draft = folder / f"{KEPT}{secrets.token_hex(4)}"
    draft.mkdir()
    return draft


def _remove_empty(folders: list[Path]) -> None:
    for folder in reversed(folders):
        with suppress(OSError):  # it is needed
            folder.rmdir()


def _files(folder: Path) -> list[str]:
    """Names of all files, relative to the folder, those right in it first."""
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    return sorted(names, key=lambda name: (name.count("/"), name))


def _mark(path: Path) -> tuple[int, ...]:
    """Identity of a file: it differs after another file took the name, or the content changed."""
    found = path.lstat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _settle(draft: Path, out: Path, replace: Mapping[str, tuple[int, ...]]) -> tuple[Path, str]:
    """Move what a draft holds into its folder; returns where it is now, and what was in the way."""
    if draft.parent != out:
        return draft, f"{out}: can no longer be written"
    aside = draft.with_name(f"{draft.name}-old")
    old = [name for name, mark in replace.items() if _is_still(out / name, mark)]
    moves = [(out / name, aside / name) for name in old]
    moves += [(draft / name, out / name) for name in _files(draft)]
    done: list[tuple[Path, Path]] = []
    try:
        for before, after in moves:
            after.parent.mkdir(parents=True, exist_ok=True)
            if os.path.lexists(after) or after.parent.is_symlink():
                raise FileExistsError(f"{after}: another put something there meanwhile")
            before.rename(after)
            done.append((before, after))
    except OSError as error:
        for before, after in reversed(done):
            with suppress(OSError):
                after.rename(before)
        _remove_empty([aside, *aside.glob("*")])
        return draft, _reason(error, out)
    shutil.rmtree(aside, ignore_errors=True)
    return out, ""


def _is_still(path: Path, mark: tuple[int, ...]) -> bool:
    try:
        return _mark(path) == mark
    except OSError:
        return False


def _reason(error: Exception, path: Path) -> str:
    """Words for an error, without the path that is named already."""
    if isinstance(error, PermissionError):
        at = Path(error.filename or path).parent
        return f"no permission in {at}"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Hold back signals for the moment in which files change places."""
    if threading.current_thread() is not threading.main_thread():  # no signal is handled here
        yield
        return
    came: list[int] = []
    kinds = [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)]
    before = {kind: signal.getsignal(kind) for kind in kinds}
    before = {kind: handler for kind, handler in before.items() if handler is not None}
    for kind in before:
        signal.signal(kind, lambda number, frame: came.append(number))
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
        for number in came:
            signal.raise_signal(number)

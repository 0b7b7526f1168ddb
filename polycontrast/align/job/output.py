"""The folder with results, which appears whole or not at all."""

import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from polycontrast.align.errors import BadInput

OURS = {"heads.npz", "aligned", "report.json", "report.html", "summary.png"}


def check_output(out: Path, force: bool, ours: Collection[str] = OURS) -> None:
    """Refuse a place that cannot be written, or holds what should not be lost.

    `ours` are the names of what the command writes itself.

    Raises
    ------
    BadInput
    """
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise BadInput(f"{out}: exists and is no folder")
    held = {entry.name for entry in out.iterdir()} if out.exists() else set()
    if held and not force:
        raise BadInput(f"{out}: exists already; --force replaces it")
    if held - set(ours):
        foreign = ", ".join(sorted(held - set(ours))[:3])
        raise BadInput(
            f"{out}: holds files that this command did not write ({foreign}); not replaced"
        )
    parent = next(folder for folder in out.absolute().parents if folder.exists())
    if not (parent.is_dir() and os.access(parent, os.W_OK | os.X_OK)):
        raise BadInput(f"{out}: cannot be written: no permission in {parent}")
    if out.resolve() == Path.cwd().resolve():
        raise BadInput(f"{out}: is the current folder; name one inside it")


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """Give a temporary folder beside `out` that takes its place when all went well."""
    parent = out.absolute().parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=parent))
    except OSError as error:
        raise BadInput(f"{out}: cannot be written: {error.strerror or error}") from None
    try:
        yield draft
        draft.chmod(0o777 & ~_umask())
        if out.exists():
            aside = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=parent))
            out.rename(aside / "old")
            try:
                draft.rename(out)
            except OSError:
                (aside / "old").rename(out)
                raise
            finally:
                shutil.rmtree(aside, ignore_errors=True)
        else:
            draft.rename(out)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

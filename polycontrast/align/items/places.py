"""The place of one file of results: whole or not there, and nothing of others is lost."""

import os
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from polycontrast.align.errors import BadInput, Unfinished
from polycontrast.wording import short


def check_file(out: Path, force: bool, kinds: Collection[str], option: str = "--out") -> None:
    """Refuse a file that cannot be written, or would replace another one.

    Parameters
    ----------
    out : Path
    force : bool
        Whether an existing file may be replaced.
    kinds : collection of str
        Endings of a name that can be written.
    option : str
        What messages call it.

    Raises
    ------
    BadInput
    """
    if out.suffix.lower() not in kinds:
        known = ", ".join(kinds)
        raise BadInput(f"{option} must be a file that ends in {known}; got {short(out)!r}")
    folder = out.parent
    try:
        if not folder.is_dir():
            raise BadInput(f"{short(out)}: there is no folder {short(folder)!r}")
        if out.is_symlink() or (out.exists() and not out.is_file()):
            raise BadInput(f"{short(out)}: exists and is no file")
        if out.exists() and not force:
            raise BadInput(f"{short(out)}: exists already; --force replaces it")
    except (OSError, ValueError) as error:
        if isinstance(error, BadInput):
            raise
        reason = getattr(error, "strerror", None) or error
        raise BadInput(f"{short(out)}: cannot be written: {reason}") from None
    if not os.access(folder, os.W_OK):
        raise BadInput(f"{short(out)}: cannot be written: no permission in {short(folder)}")


@contextmanager
def whole_file(out: Path, force: bool) -> Iterator[Path]:
    """Give the path of a draft, which becomes the file when all went well, and else is deleted.

    Raises
    ------
    Unfinished
        When the file could not be written, or another one took its place meanwhile.
    """
    draft = out.with_name(f".polycontrast-{secrets.token_hex(4)}{out.suffix}")
    try:
        yield draft
        if not force and os.path.lexists(out):
            raise Unfinished(f"{short(out)}: another put something there meanwhile")
        draft.replace(out)
    except OSError as error:
        reason = error.strerror or str(error)
        raise Unfinished(f"{short(out)}: could not be written: {reason}") from None
    finally:
        draft.unlink(missing_ok=True)

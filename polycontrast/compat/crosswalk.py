"""The crosswalk: each class or function of another package, and what it is here."""

import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

PACKAGES = {
    "pytorch_metric_learning": "pytorch-metric-learning 2.9.0, `pytorch_metric_learning.losses`",
    "lightly": "lightly 1.6.0, `lightly.loss`",
    "open_clip": "open_clip 3.3.0, `open_clip.loss`",
    "sentence_transformers": "sentence-transformers 6.2.0, `sentence_transformers.losses`",
    "info_nce_pytorch": "info-nce-pytorch 0.1.4, `info_nce`",
    "libauc": "LibAUC 2.0.1, `libauc.losses`",
    "optax": "optax 0.2.8, `optax.losses`",
    "solo_learn": "solo-learn, repository `vturrisi/solo-learn` at 9187ea3, `solo.losses`",
    "sup_contrast": "SupContrast, repository `HobbitLong/SupContrast` at 66a8fe5, `losses`",
    "gram": "GRAM, repository `ispamm/GRAM` at b70c5c2, `utils.volume`",
    "multi_view_cl": "Multi-View-CL, repository `pakoromilas/Multi-View-CL` at c26ae77, `losses`",
}
"""Each module of `polycontrast.compat`, with the release or commit that it was compared with."""


@dataclass(frozen=True)
class Counterpart:
    """A class or function of another package, and the call here that gives its value.

    Attributes
    ----------
    name : str
        Its name in the package, and in the module of `polycontrast.compat`.
    signature : str
        Its arguments with their defaults, as in the package.
    ours : str
        The call here.
    factor : str
        What the value of this call is multiplied with.
    reducer : str
        What is averaged.
    refuses : str
        Options of the package that have no counterpart, or nothing.
    note : str
        What else is special, or nothing.
    """

    name: str
    signature: str
    ours: str
    factor: str
    reducer: str
    refuses: str
    note: str


def counterpart(
    ours: str, *, factor: str = "1", reducer: str = "mean", refuses: str = "", note: str = ""
) -> Callable[[Any], Any]:
    """Decorator that keeps the entry of the crosswalk beside the code, and completes its help."""

    def decorate(of: Any) -> Any:
        signature = f"{of.__name__}{inspect.signature(of)}"
        of.counterpart = Counterpart(of.__name__, signature, ours, factor, reducer, refuses, note)
        package = of.__module__.removeprefix("polycontrast.compat.").split(".")[0]
        about = f"Arguments and defaults are those of {PACKAGES[package]}."
        notes = [f"It is ``{ours}``.", f"Factor: {factor}. Reducer: {reducer}."]
        notes += [f"Refused, with a `ValueError`: {refuses}."] if refuses else []
        notes += [note] if note else []
        of.__doc__ = "\n\n".join([of.__doc__ or "", about, "Notes\n-----\n" + notes[0], *notes[1:]])
        return of

    return decorate


def crosswalk(package: str) -> tuple[Counterpart, ...]:
    """Entries of the crosswalk of one package.

    Parameters
    ----------
    package : str
        A key of `PACKAGES`, such as "lightly".

    Returns
    -------
    entries : tuple of Counterpart
        In the order of the module.

    Raises
    ------
    ValueError
        When there is no such package.

    Examples
    --------
    >>> from polycontrast.compat import crosswalk
    >>> [entry.name for entry in crosswalk("optax")]
    ['cosine_distance', 'cosine_similarity', 'ntxent']
    """
    if package not in PACKAGES:
        known = ", ".join(PACKAGES)
        raise ValueError(f"crosswalk: package must be one of {known}; got {package!r}")
    module = importlib.import_module(f"polycontrast.compat.{package}")
    found = (getattr(module, name) for name in module.__all__)
    return tuple(made.counterpart for made in found)

"""Real data that comes with the package, for examples (see README.md beside this file)."""

from importlib.resources import files

import numpy as np

from polycontrast.data.words import ATTRIBUTION as WORDS_ATTRIBUTION
from polycontrast.data.words import load_words

__all__ = ["ATTRIBUTION", "WORDS_ATTRIBUTION", "load_digits", "load_words"]

ATTRIBUTION = (
    "Handwritten digits: R. Duin, Multiple Features, UCI Machine Learning Repository, 1998, "
    "https://doi.org/10.24432/C5HC70, CC BY 4.0."
)


def load_digits() -> tuple[dict[str, np.ndarray], np.ndarray]:
    """2000 handwritten digits in six views, and their labels.

    Returns
    -------
    views : dict of array (2000, columns)
        ``fourier``, ``profile``, ``karhunen_loeve``, ``pixel``, ``zernike``, ``morphological``;
        row ``i`` of each is the same digit.
    labels : array (2000,)
        The digits, sorted: shuffle before you split.
    """
    with (files("polycontrast") / "data" / "uci_multifeature.npz").open("rb") as file:
        stored = np.load(file, allow_pickle=False)
        views = {name: stored[name] for name in stored.files if name != "labels"}
        return views, stored["labels"]

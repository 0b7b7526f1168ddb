"""Examples that come with the package, as files would give them."""

from collections.abc import Callable

import numpy as np

from polycontrast import data
from polycontrast.align.job.request import Given
from polycontrast.align.samples import match


def digits() -> tuple[Given, str]:
    """Handwritten digits in six views with their labels, and their source."""
    views, labels = data.load_digits()
    return Given(dict(views), labels=labels), data.ATTRIBUTION


def words() -> tuple[Given, str]:
    """English words as they are written and as they are spoken, and their source."""
    views, names = data.load_words()
    ids = np.array(names, dtype=object)
    return Given(dict(views), matched=match(dict.fromkeys(views, ids))), data.WORDS_ATTRIBUTION


EXAMPLES: dict[str, Callable[[], tuple[Given, str]]] = {"digits": digits, "words": words}
FIRST_EXAMPLE = "digits"

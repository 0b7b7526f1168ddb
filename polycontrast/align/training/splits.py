"""Which rows are learned from, which decide when to stop, and how many make a batch."""

import numpy as np

from polycontrast.align.errors import BadInput
from polycontrast.align.samples import Samples

FULL_BATCH_ROWS = 16_384  # of all views together: up to here one L-BFGS step takes seconds
MINI_BATCH_ROWS = 6_144  # of all views together, in a batch of Adam
MOST_VALIDATION_ROWS = 2_000


def split_rows(
    samples: Samples, validation: float, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Rows to learn from and rows that decide when to stop, each in rising order."""
    aside = min(round(validation * samples.rows), MOST_VALIDATION_ROWS)
    learned, kept = samples.split(aside, generator)
    if len(learned) < 2:
        raise BadInput(f"Aligner: too few rows to learn from; got {samples.rows}")
    return learned, kept


def batch_rows(given: int | None, views: int, rows: int) -> int | None:
    """Rows in a batch of Adam, or None for L-BFGS on all rows."""
    if given is not None:
        return min(given, rows)
    return None if views * rows <= FULL_BATCH_ROWS else max(2, MINI_BATCH_ROWS // views)

"""Small synthetic views of the same hidden things."""

import numpy as np


def synthetic_views(rows=240, columns=(6, 9, 5), hidden=4, noise=0.1, seed=0):
    """Views that see a hidden vector through random linear maps and noise; and classes of rows."""
    rng = np.random.default_rng(seed)
    classes = rng.integers(0, 3, rows)
    centres = 2 * rng.standard_normal((3, hidden))
    thing = centres[classes] + rng.standard_normal((rows, hidden))
    views = []
    for count in columns:
        seen = thing @ rng.standard_normal((hidden, count))
        views.append(seen + noise * rng.standard_normal((rows, count)))
    return views, classes

"""Two files that describe the same digits row by row, and two files of new digits."""

import numpy as np

from polycontrast.data import load_digits

views, _ = load_digits()
order = np.random.default_rng(0).permutation(2000)
for name in ("profile", "karhunen_loeve"):
    np.save(f"{name}.npy", views[name][order[:1500]])
    np.save(f"new_{name}.npy", views[name][order[1500:]])

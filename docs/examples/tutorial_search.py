"""A search: new rows of one file find their partners among new rows of the other file."""

import numpy as np
from matplotlib.figure import Figure

import polycontrast as pc
from polycontrast.align import load_heads
from polycontrast.data import load_digits

# The maps that `polycontrast align` learned. They give rows of length 1 in the shared space.
heads = load_heads("found/heads.npz")
queries = heads["profile"](np.load("new_profile.npy"))
rows = heads["karhunen_loeve"](np.load("new_karhunen_loeve.npy"))

# The five rows of the second file that are nearest to each row of the first, by cosine.
nearest = np.argsort(-(queries @ rows.T), axis=1)[:, :5]
for k in (1, 5):
    recall = float(pc.recall_at_k(queries, rows, k=k))
    print(f"the partner is among the nearest {k}: {recall:.2f} of 500 queries")

# The pixels of the digits show what was found. The search did not use them.
order = np.random.default_rng(0).permutation(2000)[1500:]
images = load_digits()[0]["pixel"][order].reshape(-1, 16, 15)
figure = Figure(figsize=(6, 4.4), layout="constrained")
panels = figure.subplots(4, 6)
for query, line in enumerate(panels):
    for axes, row in zip(line, [query, *nearest[query]]):
        axes.imshow(images[row], cmap="gray_r")
        axes.set(xticks=[], yticks=[])
    for axes, row in zip(line[1:], nearest[query]):
        axes.spines[:].set(color="tab:blue" if row == query else "none", linewidth=3)
for axes, title in zip(panels[0], ["query", "1st", "2nd", "3rd", "4th", "5th"]):
    axes.set_title(title)
figure.savefig("tutorial_search.png", dpi=200)

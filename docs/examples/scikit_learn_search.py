"""A search for the parameters of an alignment, by the tools of scikit-learn."""

import numpy as np
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from polycontrast.align import Aligner, ViewSplitter
from polycontrast.data import load_digits

digits, labels = load_digits()
views = [digits["profile"], digits["karhunen_loeve"], digits["pixel"]]
rows = np.random.default_rng(0).permutation(2000)[:500]
table = np.hstack(views)[rows]  # one table: 500 rows of all columns
widths = [view.shape[1] for view in views]

model = make_pipeline(ViewSplitter(widths), Aligner(max_iter=5))
grid = {"aligner__n_components": [2, 16], "aligner__whitening": [0.1, 1.0]}
search = GridSearchCV(model, grid, cv=2).fit(table)

profile, karhunen_loeve, pixel = search.transform(table)  # unit rows of one space
print(search.best_params_, round(search.best_score_, 2))

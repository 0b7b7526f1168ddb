"""The digits that come with the package are whole, and say where they are from."""

from importlib.resources import files

import numpy as np

from polycontrast.data import ATTRIBUTION, load_digits


def test_six_views_of_2000_digits():
    views, labels = load_digits()
    columns = {name: view.shape[1] for name, view in views.items()}
    wanted = dict(
        fourier=76, profile=216, karhunen_loeve=64, pixel=240, zernike=47, morphological=6
    )
    assert columns == wanted
    assert all(view.shape[0] == 2000 and np.isfinite(view).all() for view in views.values())
    assert np.bincount(labels).tolist() == [200] * 10


def test_the_attribution_travels_with_the_data():
    text = (files("polycontrast") / "data" / "README.md").read_text(encoding="utf-8")
    for part in ("Duin", "10.24432/C5HC70", "CC BY 4.0"):
        assert part in text
        assert part in ATTRIBUTION

"""The digits that come with the package are whole, and say where they are from."""

from importlib.resources import files

import numpy as np

from polycontrast.data import ATTRIBUTION, WORDS_ATTRIBUTION, load_digits, load_words
from polycontrast.data.words import ngram_counts


def test_six_views_of_2000_digits():
    views, labels = load_digits()
    columns = {name: view.shape[1] for name, view in views.items()}
    wanted = dict(
        fourier=76, profile=216, karhunen_loeve=64, pixel=240, zernike=47, morphological=6
    )
    assert columns == wanted
    assert all(view.shape[0] == 2000 and np.isfinite(view).all() for view in views.values())
    assert np.bincount(labels).tolist() == [200] * 10


def test_words_in_two_views():
    """8000 words without constant columns; counts of one word, by hand from its letters."""
    views, words = load_words()
    assert {name: view.shape for name, view in views.items()} == {
        "spelling": (8000, 100),
        "sound": (8000, 100),
    }
    assert len(set(words)) == 8000
    assert all(4 <= len(word) <= 12 and word.isalpha() for word in words)
    assert all((view.std(axis=0) > 0).all() for view in views.values())


def test_counts_of_letters_and_of_pairs():
    """`abab` has a and b twice, ab twice, ba once, and pairs with its start and its end."""
    counts = ngram_counts(["abab", "b"], columns=4)
    # By frequency over both words: b 3, then a, ab and b> 2 each; <a, <b and ba come once.
    np.testing.assert_array_equal(counts, [[2, 2, 2, 1], [1, 0, 0, 1]])


def test_the_attribution_travels_with_the_data():
    text = (files("polycontrast") / "data" / "README.md").read_text(encoding="utf-8")
    for part in ("Duin", "10.24432/C5HC70", "CC BY 4.0"):
        assert part in text
        assert part in ATTRIBUTION
    for part in ("Carnegie Mellon University", "cmusphinx/cmudict", "BSD 2-Clause"):
        assert part in text
        assert part in WORDS_ATTRIBUTION

"""The temperature that is chosen by the rows set aside."""

import numpy as np
import pytest
from views import synthetic_views

from polycontrast.align import Aligner, BadInput
from polycontrast.align.training.usable import TEMPERATURES

VIEWS, _ = synthetic_views(rows=300, columns=(8, 7), hidden=6, noise=1.0)
OPTIONS = dict(n_components=6, whitening=0.1, max_iter=8, validation_fraction=0.3)


def test_it_is_the_best_of_single_trainings():
    """Each score is that of a training with this temperature alone; the best one is kept."""
    chosen = Aligner(temperature="auto", **OPTIONS).fit(VIEWS)
    single = {t: Aligner(temperature=t, **OPTIONS).fit(VIEWS) for t in TEMPERATURES}
    assert list(chosen.temperature_scores_) == list(TEMPERATURES)
    for t, aligner in single.items():
        assert chosen.temperature_scores_[t] == max(aligner.history_["recall"])
    best = max(TEMPERATURES, key=chosen.temperature_scores_.get)
    assert chosen.temperature_ == best
    assert chosen.history_["loss"] == single[best].history_["loss"]
    for a, b in zip(chosen.transform(VIEWS), single[best].transform(VIEWS), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_level_score_keeps_the_usual_one():
    """Views without noise find all rows at any temperature."""
    views, _ = synthetic_views(rows=100, noise=1e-6)
    aligner = Aligner(temperature="auto", n_components=4, whitening=0.01, max_iter=2).fit(views)
    assert set(aligner.temperature_scores_.values()) == {1.0}
    assert aligner.temperature_ == 0.15


def test_an_interrupt_keeps_the_best_so_far():
    """In the second training; the third is not begun."""
    starts = []

    def callback(progress):
        starts.append(progress.iteration)
        if starts.count(0) == 2:
            raise KeyboardInterrupt

    with pytest.warns(UserWarning, match="interrupted"):
        aligner = Aligner(temperature="auto", **OPTIONS).fit(VIEWS, callback=callback)
    assert aligner.stopped_ == "interrupted"
    assert starts.count(0) == 2
    assert list(aligner.temperature_scores_) == list(TEMPERATURES[:2])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"validation_fraction": 0}, "chooses by the rows set aside"),
        ({"objective": "vicreg"}, "vicreg has no temperature; got 'auto'"),
    ],
    ids=["rows", "objective"],
)
def test_refusals(given, message):
    with pytest.raises(BadInput, match=message):
        Aligner(temperature="auto", **(OPTIONS | given)).fit(VIEWS)

"""The starts in closed form are what their names say, and the best of them is chosen."""

import numpy as np
import pytest
from views import synthetic_views

from polycontrast.align import Aligner
from polycontrast.align.closed_form.whitening import fit_whitening
from polycontrast.align.training.choice import (
    Choice,
    fold_count,
    folds,
    judge,
    solution_for_training,
)
from polycontrast.align.training.start import BASE, WHITENINGS, ClosedForm, Start, candidate_starts


def solver_of(views):
    whitenings = [fit_whitening(view, BASE) for view in views]
    return ClosedForm(whitenings, [w(v) for w, v in zip(whitenings, views, strict=True)])


def standardised(view):
    return (view - view.mean(axis=0)) / view.std(axis=0)


def cosines(x, y):
    return (x @ y.T) / np.outer(np.linalg.norm(x, axis=1), np.linalg.norm(y, axis=1))


def rows_of(views, start):
    solver = solver_of(views)
    whitened = [w(v) for w, v in zip(solver.whitenings, views, strict=True)]
    centred = [v - w.mean for w, v in zip(solver.whitenings, views, strict=True)]
    return solver.solve(start).rows(whitened, centred)


@pytest.mark.parametrize("dim", [2, 4])
def test_cca_of_two_views_is_the_textbook_one(dim):
    """Regularised CCA from inverse roots and a singular value decomposition, weighted by gain."""
    views, _ = synthetic_views(columns=(6, 9), noise=1.0)
    x, y = map(standardised, views)

    def root(a, ridge=0.3):
        values, vectors = np.linalg.eigh(a.T @ a / len(a) + ridge * np.eye(a.shape[1]))
        return vectors / np.sqrt(values) @ vectors.T

    left, gains, right = np.linalg.svd(root(x) @ (x.T @ y / len(x)) @ root(y))
    weight = gains[:dim] ** 1.5
    wanted = cosines(x @ root(x) @ left[:, :dim] * weight, y @ root(y) @ right[:dim].T * weight)
    found = cosines(*rows_of(views, Start("cca", 0.3, 1.5, dim)))
    np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_orthogonal_maps_are_those_of_procrustes():
    """The rotation that brings one standardised view nearest to the other, by SciPy."""
    from scipy.linalg import orthogonal_procrustes

    rng = np.random.default_rng(0)
    x = standardised(rng.standard_normal((80, 5)) * [3, 2, 1, 1, 1])
    y = standardised(x @ np.linalg.qr(rng.standard_normal((5, 5)))[0] + 0.3)
    turn, _ = orthogonal_procrustes(x, y)
    found = cosines(*rows_of([x, y], Start("orthogonal", 1.0, 0.0, 5)))
    np.testing.assert_allclose(found, cosines(x @ turn, y), atol=1e-7)


@pytest.mark.parametrize("form", ["raw", "centred"])
@pytest.mark.parametrize("rows", [50, 8])
def test_columns_as_they_are_keep_their_cosines(form, rows):
    """Also outside of the space of the training rows, where there are fewer rows than columns."""
    rng = np.random.default_rng(0)
    views = [rng.standard_normal((rows, 12)) + 1 for _ in range(2)]
    new = [rng.standard_normal((5, 12)) + 1 for _ in range(2)]
    solver = solver_of(views)
    start = Start(form, 0.1, 0.0, 12)
    whitenings, solution = solution_for_training(solver, start)
    parts = zip(whitenings, solution.matrices, solution.outside, new, strict=True)
    found = cosines(*(w.head(matrix, part)(x) for w, matrix, part, x in parts))
    shift = [0 if form == "raw" else view.mean(axis=0) for view in views]
    wanted = cosines(*(x - mean for x, mean in zip(new, shift, strict=True)))
    np.testing.assert_allclose(found, wanted, atol=1e-8)


def test_training_sees_the_start_that_was_judged():
    """Another ridge of the whitening changes coordinates, not the heads."""
    views, _ = synthetic_views(noise=1.0)
    solver, start = solver_of(views), Start("cca", 30.0, 1.0, 4)
    whitenings, solution = solution_for_training(solver, start)
    for w, matrix, view, rows in zip(
        whitenings, solution.matrices, views, rows_of(views, start), strict=True
    ):
        assert w.ridge == 30.0
        np.testing.assert_allclose(w(view) @ matrix[:-1], rows, atol=1e-10)
        assert np.isclose(np.mean(np.sum(rows**2, axis=1)), 1)


def test_folds_set_every_row_aside_once_and_learn_from_the_others():
    views = [np.arange(60.0)[:, None] * [1.0, -1.0] + np.eye(60)[:, :2] for _ in range(2)]
    found = list(folds(views, ["x", "y"], np.random.default_rng(0)))
    assert len(found) == fold_count(60, 2) == 5
    aside = np.concatenate(
        [fold.centred[0][:, 0] + fold.solver.whitenings[0].mean[0] for fold in found]
    )
    np.testing.assert_allclose(np.sort(np.round(aside)), np.sort(np.round(views[0][:, 0])))
    assert fold_count(19, 2) == 0
    assert fold_count(10**6, 2) == 1


def test_the_whitening_is_chosen_by_rows_set_aside():
    """Wide views of few rows need much whitening; the choice finds as much as the best one."""
    rng = np.random.default_rng(0)
    thing = rng.standard_normal((260, 12))
    views = [
        thing @ rng.standard_normal((12, 100)) + 5 * rng.standard_normal((260, 100))
        for _ in range(2)
    ]
    train, test = [v[:160] for v in views], [v[160:] for v in views]
    solver = solver_of(train)

    def recall(ridge):
        rows = [w(x) for w, x in zip(solver.whitenings, test, strict=True)]
        rows = solver.solve(Start("cca", ridge, 1.0, 12)).rows(rows, rows)
        return np.mean(cosines(*rows).argmax(axis=1) == np.arange(100))

    recalls = [recall(ridge) for ridge in (0.01, 0.1, 1.0, 10.0)]
    chosen = Aligner(max_iter=1, n_components=12).fit(train)
    assert chosen.whitening_ in WHITENINGS
    assert chosen.whitening_ >= 1
    assert chosen.score(test) >= max(recalls) - 0.05
    assert chosen.score(test) > recalls[0] + 0.2
    assert Aligner(whitening=0.7, max_iter=1).fit(train).whitening_ == 0.7


def test_two_towers_of_one_model_stay_as_they_are():
    """Views that share a space already: few rows could only make them worse."""
    rng = np.random.default_rng(0)
    thing = rng.standard_normal((150, 80))
    views = [thing + 0.9 * rng.standard_normal((150, 80)) for _ in range(2)]
    train, test = [v[:60] for v in views], [v[60:] for v in views]
    aligner = Aligner(max_iter=2).fit(train)
    similar = cosines(*test)
    raw = np.mean([np.mean(s.argmax(axis=1) == np.arange(90)) for s in (similar, similar.T)])
    assert aligner.start_.form in ("raw", "centred")
    assert aligner.score(test) >= raw - 0.02


@pytest.mark.parametrize("when", [30, 60])
def test_an_interrupt_of_the_choice_keeps_the_best_start_so_far(when):
    """In the first fold and in the second one, of which no part counts."""
    views, _ = synthetic_views()
    seen = []

    def watch(phase, done, total):
        seen.append(total)
        if phase == "choosing the start" and done == when:
            raise KeyboardInterrupt

    with pytest.warns(UserWarning, match="interrupted: the best heads so far are kept"):
        aligner = Aligner(n_components=4).fit(views, watch=watch)
    assert aligner.stopped_ == "interrupted"
    assert aligner.start_ in aligner.start_scores_
    assert max(aligner.start_scores_.values()) <= 1 / 5
    assert len(aligner.start_scores_) == min(when, seen[-1] // 5)
    assert aligner.score(views) > 0.5


def test_more_starts_never_lower_the_best_score():
    views, _ = synthetic_views(noise=1.0, rows=120)
    whitenings = [fit_whitening(view, BASE) for view in views]
    many = Choice(candidate_starts(whitenings, WHITENINGS, (4,), 4))
    few = Choice([start for start in many.starts if start.whitening == 1.0])
    for choice in (many, few):
        judge(choice, folds(views, "xyz", np.random.default_rng(0)), 5)
    assert many.scores[many.best()] >= few.scores[few.best()]
    assert few.scores == {start: many.scores[start] for start in few.starts}


def test_a_fold_without_what_varies_is_left_out():
    """One row of a view differs: the other folds decide, and the fit goes on."""
    views, _ = synthetic_views(rows=80)
    lone = np.ones((80, 2))
    lone[17] = 2
    found = list(folds([views[0], lone], ["x", "y"], np.random.default_rng(0)))
    assert len(found) == 4


def test_few_rows_get_the_usual_start():
    views, _ = synthetic_views(rows=19)
    aligner = Aligner(max_iter=1).fit(views)
    assert aligner.start_scores_ == {}
    assert aligner.start_ == Start("cca", 1.0, 1.0, aligner.n_components_)

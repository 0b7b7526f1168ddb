"""Aligner learns from rows that some views lack, from several rows of one thing, and by group."""

import itertools

import numpy as np
import pytest
from views import synthetic_views

from polycontrast.align import Aligner, BadInput
from polycontrast.align.samples import Samples
from polycontrast.align.training.problem import Problem
from polycontrast.objective import find

QUICK = dict(n_components=4, max_iter=2, whitening=1.0)
VIEWS, _ = synthetic_views(rows=200)
MASK = np.random.default_rng(0).random((3, 200)) < 0.75
MASK[:2, MASK.sum(axis=0) < 2] = True


def test_numbers_of_missing_rows_have_no_effect():
    """Neither nan nor large numbers; and NumPy's True and False come from a list as well."""
    heads = []
    for wrong in (0.0, np.nan, 1e6):
        given = [np.where(there[:, None], v, wrong) for v, there in zip(VIEWS, MASK, strict=True)]
        aligner = Aligner(**QUICK).fit(given, mask=MASK.tolist())
        heads.append(np.concatenate([head.weights.ravel() for head in aligner.heads_]))
    np.testing.assert_array_equal(heads[0], heads[1])
    np.testing.assert_array_equal(heads[0], heads[2])


def test_missing_rows_cost_little_where_views_agree():
    """Heads from 150 of 200 rows a view find rows not seen as heads from all rows do."""
    new, _ = synthetic_views(rows=400)
    new = [view[200:] for view in new]
    learned, _ = synthetic_views(rows=400)
    learned = [view[:200] for view in learned]
    whole = Aligner(**QUICK).fit(learned).score(new)
    given = [np.where(there[:, None], v, np.nan) for v, there in zip(learned, MASK, strict=True)]
    assert Aligner(**QUICK).fit(given, mask=MASK).score(new) > whole - 0.05 > 0.5


def test_a_mask_of_views_that_all_exist_changes_nothing():
    plain = Aligner(**QUICK).fit(VIEWS)
    given = Aligner(**QUICK).fit(VIEWS, mask=np.ones((3, 200), bool), ids=np.arange(200))
    for head, other in zip(plain.heads_, given.heads_, strict=True):
        np.testing.assert_array_equal(head.weights, other.weights)


def test_loss_and_gradient_are_those_of_the_objective_with_mask_and_ids():
    """By finite differences, on all rows and on some."""
    rng = np.random.default_rng(0)
    views = [rng.standard_normal((12, 3)) for _ in range(3)]
    mask = np.ones((3, 12), bool)
    mask[0, 1] = mask[2, 5] = False
    samples = Samples(12, mask, np.arange(12) // 2)
    objective = find("poly_view")
    problem = Problem(objective, views, 2, {"temperature": 0.5}, samples=samples)
    theta = problem.pack([rng.standard_normal((4, 2)) for _ in range(3)])
    for rows in (None, np.array([0, 1, 4, 5, 6, 7])):
        value, gradient = problem.value_and_grad(theta, rows)
        chosen = np.arange(12) if rows is None else rows
        z = [x[chosen] for x in problem.embed(theta, views)]
        wanted = objective(z, mask[:, chosen], ids=samples.ids[chosen], temperature=0.5)
        assert value == pytest.approx(float(wanted), rel=1e-12)
        step = rng.standard_normal(theta.shape) * 1e-6
        ends = [problem.value_and_grad(theta + s * step, rows)[0] for s in (1, -1)]
        assert ends[0] - ends[1] == pytest.approx(2 * gradient @ step, rel=1e-5)


def recall_by_hand(rows, mask, ids):
    """Share of the rows that two views have whose nearest row is of the same thing; their mean."""
    found = []
    for a, b in itertools.permutations(range(len(rows)), 2):
        both = np.flatnonzero(mask[a] & mask[b])
        nearest = both[np.argmax(rows[a][both] @ rows[b][both].T, axis=1)]
        found.append(np.mean(ids[nearest] == ids[both]))
    return np.mean(found)


@pytest.mark.parametrize("ids", [None, np.arange(200) // 2], ids=["alone", "pairs"])
def test_score_counts_the_rows_that_two_views_have(ids):
    """By hand, on aligned rows; numbers of missing rows have no effect."""
    rng = np.random.default_rng(1)
    noisy = [view + 0.4 * rng.standard_normal(view.shape) for view in VIEWS]
    given = [np.where(there[:, None], v, np.nan) for v, there in zip(noisy, MASK, strict=True)]
    aligner = Aligner(**QUICK)
    rows = aligner.fit_transform(given, mask=MASK, ids=ids)
    things = np.arange(200) if ids is None else ids
    wanted = recall_by_hand(rows, MASK, things)
    assert 0.2 < wanted < 0.9
    assert aligner.score(given, mask=MASK, ids=ids) == pytest.approx(wanted, abs=1e-12)


def test_aligned_rows_of_missing_views_are_nan():
    """The others are those of views without missing rows; one view of a row is enough."""
    given = [np.where(there[:, None], v, np.nan) for v, there in zip(VIEWS, MASK, strict=True)]
    aligner = Aligner(**QUICK)
    rows = aligner.fit_transform(given, mask=MASK, ids=np.arange(200))
    whole = aligner.transform(VIEWS)
    for z, full, there in zip(rows, whole, MASK, strict=True):
        np.testing.assert_allclose(z[there], full[there], rtol=1e-6)
        assert np.isnan(z[~there]).all()
        assert z.dtype == np.float32
    lone = np.zeros((3, 200), bool)
    lone[1] = MASK[1]
    alone = aligner.transform([None, given[1], None], mask=lone)
    assert alone[0] is alone[2] is None
    np.testing.assert_array_equal(alone[1], rows[1])


def test_masks_of_new_rows_are_checked():
    aligner = Aligner(**QUICK).fit(VIEWS)
    with pytest.raises(BadInput, match=r"mask must hold True and False, \(3, 200\); got bool"):
        aligner.transform(VIEWS, mask=MASK[:, :5])
    with pytest.raises(BadInput, match="every row must exist in two views or more; row 3 "):
        aligner.score(VIEWS, mask=np.arange(200) != np.array([[3], [3], [4]]))
    pair = np.zeros((3, 2), bool)
    pair[:2, 0] = pair[1:, 1] = True
    with pytest.raises(BadInput, match="score needs two views with two different things in common"):
        aligner.score([view[:2] for view in VIEWS], mask=pair)


def test_several_rows_of_one_thing():
    """Captions of one image are no negatives, stay together, and any of them is right."""
    things = np.arange(60).repeat(3)
    views, _ = synthetic_views(rows=180, columns=(6, 9), noise=0.5)
    image = views[0][::3][things]
    caption = synthetic_views(rows=60, columns=(6, 9))[0][1][things]
    caption = caption + 0.5 * np.random.default_rng(0).standard_normal(caption.shape)
    image = synthetic_views(rows=60, columns=(6, 9))[0][0][things]
    aligner = Aligner(**QUICK).fit([image, caption], ids=[f"image {n}" for n in things])
    aside = set(things[aligner.validation_rows_])
    assert len(aligner.validation_rows_) == 3 * len(aside) == 18
    assert aligner.history_["recall"][0] > 0.5


def test_groups_stay_on_one_side():
    groups = np.arange(200) // 10
    aligner = Aligner(**QUICK).fit(VIEWS, groups=groups)
    aside = np.unique(groups[aligner.validation_rows_])
    assert len(aligner.validation_rows_) == 20
    assert len(aside) == 2


@pytest.mark.parametrize(
    ("given", "objective", "message"),
    [
        (dict(mask=MASK), "cacr", "cacr does not take views that are missing; those that do are"),
        (dict(ids=np.arange(200) // 2), "cube_loss", "does not take several rows of one thing"),
        (dict(mask=MASK[:2]), "poly_view", r"Aligner: mask must hold .* \(3, 200\)"),
        (dict(ids=np.arange(3)), "poly_view", r"Aligner: ids must have one entry a row, \(200,\)"),
    ],
    ids=["no mask", "no ids", "shape", "length"],
)
def test_what_an_objective_cannot_take_is_refused(given, objective, message):
    with pytest.raises(BadInput, match=message):
        Aligner(objective, **QUICK).fit(VIEWS, **given)


def test_nan_in_a_row_that_exists_is_refused():
    views = [view.copy() for view in VIEWS]
    row = int(np.flatnonzero(MASK[1])[3])
    views[1][row, 2] = np.nan
    with pytest.raises(BadInput, match=rf"views\[1\] has missing .* in 1 of 200 .* row {row}"):
        Aligner(**QUICK).fit(views, mask=MASK)


def test_a_view_without_any_training_row_is_refused():
    mask = np.ones((3, 200), bool)
    mask[2] = False
    with pytest.raises(BadInput, match=r"views\[2\] has none of the training rows"):
        Aligner(**QUICK).fit(VIEWS, mask=mask)

"""The estimator brings views together, by scikit-learn's conventions, on any array library."""

import numpy as np
import pytest
from views import synthetic_views

from polycontrast.align import Aligner, BadInput
from polycontrast.align.training.usable import multi_view_objectives

QUICK = dict(n_components=4, max_iter=6)


def test_rows_that_belong_together_meet():
    """Rows not seen in fit find themselves in other views, far above chance of 1/120."""
    views, _ = synthetic_views(rows=360)
    train, test = [v[:240] for v in views], [v[240:] for v in views]
    aligner = Aligner(**QUICK).fit(train)
    assert aligner.score(test) > 0.8
    for rows in aligner.transform(test):
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, rtol=1e-5)


def test_training_beats_its_start():
    """Heads kept are never worse on validation rows than the start, and here better."""
    views, _ = synthetic_views(noise=1.0)
    aligner = Aligner(whitening=10.0, **QUICK).fit(views)  # a start that is not the best
    recall = aligner.history_["recall"]
    assert recall[aligner.best_iter_] == max(recall) > recall[0]
    assert (
        aligner.loss_ == aligner.history_["loss"][aligner.best_iter_] < aligner.history_["loss"][0]
    )


@pytest.mark.parametrize("name", multi_view_objectives())
def test_every_objective_aligns(name):
    """A name and the registry are enough; the cube in its form that is linear in the views."""
    views, _ = synthetic_views(rows=60)
    params = {"negatives": "axis"} if name == "cube_loss" else None
    aligner = Aligner(objective=name, objective_params=params, **QUICK).fit(views)
    assert aligner.score(views) > 10 / 60


@pytest.mark.parametrize("batch", [None, 32])
def test_two_fits_give_the_same_bits(batch):
    views, _ = synthetic_views()
    first, second = (Aligner(batch_size=batch, **QUICK).fit(views) for _ in range(2))
    for a, b in zip(first.transform(views), second.transform(views), strict=True):
        np.testing.assert_array_equal(a, b)


def test_mini_batches_reach_what_all_rows_reach():
    views, _ = synthetic_views(rows=400, noise=0.5)
    whole = Aligner(n_components=4).fit(views)
    parts = Aligner(n_components=4, batch_size=64).fit(views)
    assert (whole.unit_, parts.unit_) == ("iteration", "epoch")
    assert abs(whole.score(views) - parts.score(views)) < 0.05


def test_the_temperature_can_be_learned():
    views, _ = synthetic_views(noise=1.0)
    aligner = Aligner(temperature="learned", whitening=10.0, **QUICK).fit(views)
    assert aligner.temperature_ != 0.15
    assert Aligner(temperature=0.3, **QUICK).fit(views).temperature_ == 0.3


def test_heads_reach_back_to_the_raw_columns():
    """The same head for columns in other units, and for integers."""
    views, _ = synthetic_views()
    scaled = [np.round(1000 * view).astype("int64") for view in views]
    found = Aligner(**QUICK).fit(scaled).transform(scaled)
    wanted = (
        Aligner(**QUICK).fit([1000.0 * v for v in views]).transform([1000.0 * v for v in views])
    )
    for a, b in zip(found, wanted, strict=True):
        assert a.dtype == np.float32
        np.testing.assert_allclose(np.abs(a @ a.T), np.abs(b @ b.T), atol=0.02)


def test_float64_columns_keep_their_digits():
    """Time stamps near 1.7e9 that differ by seconds: float32 could not tell them apart."""
    views, _ = synthetic_views(noise=0.01)
    moved = [view + 1.7e9 for view in views]
    assert Aligner(**QUICK).fit(moved).score(moved) > 0.9


def test_rank_deficient_and_constant_columns_are_fine():
    views, _ = synthetic_views()
    doubled = np.concatenate([views[0], views[0], np.full((240, 1), 3.0)], axis=1)
    aligner = Aligner(**QUICK).fit([doubled, *views[1:]])
    assert aligner.whitenings_[0].constant == (12,)
    assert aligner.whitenings_[0].rank == 6
    assert aligner.score([doubled, *views[1:]]) > 0.8


def test_the_space_is_no_larger_than_the_columns_allow():
    views, _ = synthetic_views(columns=(2, 3))
    assert Aligner(n_components=64, max_iter=2).fit(views).n_components_ == 5
    assert Aligner(max_iter=2).fit(views).n_components_ == 2


def test_one_view_alone_can_be_transformed():
    views, _ = synthetic_views()
    aligner = Aligner(**QUICK).fit(views)
    alone = aligner.transform([None, views[1], None])
    assert alone[0] is None
    np.testing.assert_array_equal(alone[1], aligner.transform(views)[1])


def test_every_library_learns_the_same(backend):
    """Views of any library come back as that library's arrays, with the heads that NumPy learns."""
    views, _ = synthetic_views(rows=60)
    options = dict(n_components=3, max_iter=1, dtype="float64")
    wanted = Aligner(**options).fit(views)
    given = [backend.asarray(view) for view in views]
    found = Aligner(**options).fit(given)
    rows = found.transform(given)
    assert all(backend.owns(z) for z in rows)
    np.testing.assert_allclose(found.history_["loss"], wanted.history_["loss"], rtol=1e-7)
    for z, other in zip(rows, wanted.transform(views), strict=True):
        np.testing.assert_allclose(backend.read(z), other, atol=1e-5)
    assert np.isclose(found.score(given), wanted.score(views))


def test_an_interrupt_keeps_the_best_so_far():
    """Ctrl-C in the third iteration: the heads of an earlier one are there, and it is said."""
    views, _ = synthetic_views(noise=1.0)

    def callback(progress):
        if progress.iteration == 3:
            raise KeyboardInterrupt

    aligner = Aligner(whitening=10.0, validation_fraction=0.3, **QUICK)
    with pytest.warns(UserWarning, match="interrupted: the best heads so far are kept"):
        aligner.fit(views, callback=callback)
    assert aligner.stopped_ == "interrupted"
    assert 0 < aligner.best_iter_ <= 3
    assert np.isfinite(aligner.score(views))


def test_scikit_learn_can_clone_it():
    """Parameters survive clone and set_params; fitted attributes do not."""
    base = pytest.importorskip("sklearn.base")
    views, _ = synthetic_views()
    aligner = Aligner(objective_params={"aggregation": "arithmetic"}, **QUICK).fit(views)
    copy = base.clone(aligner)
    assert copy.get_params() == aligner.get_params()
    assert not hasattr(copy, "heads_")
    copy.fit(views)
    assert copy.score(views) == aligner.score(views)


def test_parameters_are_read_and_changed_by_name():
    aligner = Aligner(n_components=7)
    assert aligner.get_params()["n_components"] == 7
    assert aligner.set_params(n_components=9, patience=2) is aligner
    assert repr(aligner) == "Aligner(n_components=9, patience=2)"
    with pytest.raises(ValueError, match="did you mean n_components"):
        aligner.set_params(n_component=3)


def test_inputs_are_left_alone():
    views, _ = synthetic_views()
    for view in views:
        view.setflags(write=False)
    Aligner(**QUICK).fit(views).transform(views)


VIEWS, _ = synthetic_views(rows=30)
HOLED = VIEWS[0].copy()
HOLED[[4, 7], 2] = np.nan


@pytest.mark.parametrize(
    ("params", "views", "message"),
    [
        ({}, VIEWS[:1], "at least two views are needed; got 1"),
        ({}, [VIEWS[0], VIEWS[1][:-1]], r"equal numbers of rows; got views\[0\] 30, views\[1\] 29"),
        ({}, [VIEWS[0], VIEWS[1][:, 0]], r"views\[1\] must be two-dimensional"),
        ({}, [VIEWS[0], VIEWS[1][:, :0]], r"views\[1\] is empty"),
        ({}, [VIEWS[0], VIEWS[1].tolist()], r"views\[1\] must be an array"),
        ({}, [VIEWS[0], VIEWS[1].astype(str)], r"views\[1\] must hold real numbers"),
        ({}, [HOLED, VIEWS[1]], r"views\[0\] has missing .* in column 2, in 2 of 30 .* is row 4"),
        ({}, [VIEWS[0], 0 * VIEWS[1]], r"views\[1\] has no column that varies"),
        (
            {"objective": "poly_veiw"},
            VIEWS,
            "unknown objective 'poly_veiw'; did you mean poly_view",
        ),
        ({"objective": "info_nce"}, VIEWS, "info_nce takes two views; got 3; losses of more: "),
        ({"objective": "sup_con"}, VIEWS, "sup_con is no loss of two or more views alone"),
        ({"objective": "cube_logits"}, VIEWS, "cube_logits is no loss of two or more views alone"),
        ({"objective_params": {"aggregation": "x"}}, VIEWS, "unknown aggregation 'x'"),
        ({"objective_params": {"tau": 1}}, VIEWS, "unexpected keyword argument 'tau'"),
        ({"temperature": -1.0}, VIEWS, "temperature must be"),
        ({"n_components": 0}, VIEWS, "n_components must be an integer >= 1 or .auto.; got 0"),
        ({"batch_size": 1}, VIEWS, "batch_size must be an integer >= 2; got 1"),
        ({"validation_fraction": 1.0}, VIEWS, "validation_fraction must be"),
        ({"whitening": 0.0}, VIEWS, "whitening must be > 0"),
        ({"whitening": "best"}, VIEWS, "whitening must be > 0 and finite, or .auto."),
        ({"n_components": "all"}, VIEWS, "n_components must be an integer >= 1 or .auto."),
        ({"dtype": "float16"}, VIEWS, "dtype must be float32 or float64"),
    ],
)
def test_bad_input_is_named(params, views, message):
    with pytest.raises(BadInput, match=message):
        Aligner(**params).fit(views)


def test_what_would_never_end_is_refused():
    """The cube of 1,400 rows in 6 views has 10^18 entries."""
    views, _ = synthetic_views(rows=1400, columns=(3,) * 6)
    with pytest.raises(BadInput, match=r"cube_loss of 6 views and .* 10\^\d\d operations a step"):
        Aligner(objective="cube_loss").fit(views)


def test_transform_checks_what_it_gets():
    aligner = Aligner(**QUICK)
    with pytest.raises(BadInput, match="fit must be called"):
        aligner.transform(VIEWS)
    aligner.fit(VIEWS)
    with pytest.raises(BadInput, match="fitted on 3 views; got 2"):
        aligner.transform(VIEWS[:2])
    with pytest.raises(BadInput, match=r"views\[1\] must have 9 columns as in fit; got 6"):
        aligner.transform([VIEWS[0], VIEWS[0], VIEWS[2]])

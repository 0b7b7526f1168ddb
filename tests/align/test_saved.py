"""A fitted Aligner comes out of its file as it went in, or it is said why not."""

import json

import numpy as np
import pytest
from views import synthetic_views

import polycontrast as pc
from polycontrast.align import Aligner, BadInput, load_heads
from polycontrast.align.heads import save_heads

VIEWS, _ = synthetic_views(rows=60, columns=(4, 5))
QUICK = dict(n_components=3, max_iter=2)


@pytest.fixture(scope="module")
def aligner():
    made = Aligner(pc.poly_view, temperature="learned", dtype="float64", **QUICK)
    made.set_params(objective_params={"aggregation": "arithmetic"}, random_state=np.int64(3))
    return made.fit(VIEWS, names=["left", "right"])


def test_it_comes_back(aligner, tmp_path):
    """The file holds no Python object, and is written again."""
    path = tmp_path / "model.npz"
    aligner.save(path)
    with np.load(path, allow_pickle=False) as arrays:
        assert {key.partition("/")[0] for key in arrays} == {"left", "right", "aligner"}
    again = Aligner.load(path)
    for a, b in zip(again.transform(VIEWS), aligner.transform(VIEWS), strict=True):
        np.testing.assert_array_equal(a, b)
    assert again.score(VIEWS) == aligner.score(VIEWS)
    assert again.get_params() == aligner.get_params() | {"objective": "poly_view"}
    for name in ("n_features_in_", "n_components_", "view_names_", "feature_names_in_"):
        assert getattr(again, name) == getattr(aligner, name)
    for name in ("n_iter_", "best_iter_", "loss_", "temperature_", "stopped_", "unit_"):
        assert getattr(again, name) == pytest.approx(getattr(aligner, name))
    again.save(path)
    assert list(load_heads(path)) == ["left", "right"]
    for a, b in zip(again.fit(VIEWS).heads_, aligner.heads_, strict=True):
        np.testing.assert_allclose(a.weights, b.weights, rtol=1e-6)


def test_names_of_columns_are_kept(tmp_path):
    pandas = pytest.importorskip("pandas")
    frames = [pandas.DataFrame(view).add_prefix("c") for view in VIEWS]
    Aligner(**QUICK).fit(frames).save(tmp_path / "a.npz")
    again = Aligner.load(tmp_path / "a.npz")
    with pytest.raises(BadInput, match="columns of fit in the same order"):
        again.transform([frames[0].iloc[:, ::-1], frames[1]])


def test_a_file_of_heads_alone_maps_rows(aligner, tmp_path):
    path = tmp_path / "heads.npz"
    save_heads(path, dict(zip("ab", aligner.heads_, strict=True)))
    again = Aligner.load(path)
    assert again.n_components == again.n_components_ == 3
    assert again.view_names_ == ["a", "b"]
    for a, b in zip(again.transform(VIEWS), aligner.transform(VIEWS), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param("{", "aligner is no state of an Aligner", id="cut-off"),
        pytest.param("[]", "aligner is no state of an Aligner", id="list"),
        pytest.param({"parameters": {}}, "aligner is no state of an Aligner", id="half"),
        pytest.param({"parameters": {}, "fitted": {"transform": 1}}, "is no state", id="a-method"),
        pytest.param({"parameters": {"tau": 1}, "fitted": {}}, "'tau'", id="unknown"),
        pytest.param(
            {"parameters": {"dtype": "int8"}, "fitted": {}}, "dtype must be", id="bad-value"
        ),
    ],
)
def test_a_damaged_state_is_refused(aligner, tmp_path, change, message):
    path, heads = tmp_path / "a.npz", dict(zip("ab", aligner.heads_, strict=True))
    save_heads(path, heads, change if isinstance(change, str) else json.dumps(change))
    with pytest.raises(BadInput, match=message) as error:
        Aligner.load(path)
    assert "a.npz" in str(error.value)
    assert list(load_heads(path)) == ["a", "b"]


def test_what_no_file_can_hold_is_refused(aligner, tmp_path):
    path = tmp_path / "a.npz"
    with pytest.raises(BadInput, match="fit must be called before save"):
        Aligner().save(path)
    with pytest.raises(BadInput, match=r"save writes an \.npz file"):
        aligner.save(tmp_path / "model")
    for names in (["a"], ["a", "a"]):
        with pytest.raises(BadInput, match="save needs 2 different names"):
            aligner.save(path, names)
    own = Aligner(**QUICK).fit(VIEWS).set_params(objective_params={"x": np.ones(2)})
    with pytest.raises(BadInput, match="objective_params is"):
        own.save(path)
    assert not path.exists()

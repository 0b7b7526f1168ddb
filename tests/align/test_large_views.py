"""Views that stay in their files align as they do in memory."""

import numpy as np
import pytest
from views import synthetic_views

from polycontrast.align import Aligner
from polycontrast.align.job import Task, check_task, run
from polycontrast.align.streams import StreamedRows, rows


@pytest.fixture
def small_blocks(monkeypatch):
    """Every view is large, and read a few rows at a time."""
    monkeypatch.setattr("polycontrast.align.streams.store.LARGE", 100)
    monkeypatch.setattr(rows, "BLOCK", 1000)
    monkeypatch.setattr("polycontrast.align.streams.moments.BLOCK", 1000)


def mapped(folder, x, name="x.npy"):
    np.save(folder / name, x)
    return np.load(folder / name, mmap_mode="r")


@pytest.mark.parametrize("batch", [None, 64], ids=["all rows", "batches"])
def test_a_memory_map_aligns_as_an_array_does(small_blocks, tmp_path, batch):
    """With rows that are missing too; `transform` gives an array back."""
    views, _ = synthetic_views(rows=300, columns=(6, 5))
    views = [view.astype(np.float32) for view in views]
    maps = [mapped(tmp_path, view, f"{m}.npy") for m, view in enumerate(views)]
    mask = np.ones((3, 300), bool)
    views, maps = [*views, views[0]], [*maps, maps[0]]
    mask[2, ::5] = False
    settings = dict(n_components=4, max_iter=2, whitening=1.0, batch_size=batch, dtype="float64")
    wanted = Aligner(**settings).fit(views, mask=mask)
    found = Aligner(**settings).fit(maps, mask=mask)
    assert found.history_["recall"] == wanted.history_["recall"]
    for z, other in zip(found.transform(maps), wanted.transform(views), strict=True):
        assert isinstance(z, np.ndarray)
        np.testing.assert_allclose(z, other, atol=1e-3)


def test_the_job_on_files_finds_what_it_finds_in_memory(small_blocks, tmp_path):
    views, classes = synthetic_views(rows=300, columns=(6, 5))
    settings = dict(n_components=4, max_iter=2, whitening=1.0, batch_size=50, dtype="float64")
    outcomes = []
    for given in (views, [StreamedRows(view) for view in views]):
        task = Task(dict(zip("ab", given, strict=True)), labels=classes)
        outcomes.append(run(check_task(task), Aligner(**settings)))
    wanted, found = outcomes
    assert isinstance(found.aligned["a"], StreamedRows)
    assert set(found.recalls) == set(wanted.recalls)
    for name, recalls in found.recalls.items():
        np.testing.assert_allclose(recalls.matrix(1), wanted.recalls[name].matrix(1), atol=0.02)
    assert found.accuracy["mean"] == pytest.approx(wanted.accuracy["mean"], abs=0.02)

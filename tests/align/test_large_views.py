"""Views that stay in their files align as they do in memory."""

import subprocess
import sys

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


MEASURED = """
import resource, sys
import numpy as np
from polycontrast.align import Aligner

maps = [np.load(path, mmap_mode="r") for path in sys.argv[1:]]
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
Aligner(n_components=8, max_iter=1, whitening=1.0, batch_size=4096).fit(maps)
print(1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before))
"""


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is counted as on Linux")
def test_memory_does_not_grow_with_the_rows(tmp_path):
    """Two views of 500,000 x 128 in float32, 512 MB, are aligned in less than 300 MB."""
    rng = np.random.default_rng(0)
    paths = [str(tmp_path / f"{name}.npy") for name in "ab"]
    shared = [rng.standard_normal((8, 128), dtype=np.float32) for _ in paths]
    files = [np.lib.format.open_memmap(p, "w+", np.float32, (500_000, 128)) for p in paths]
    for start in range(0, 500_000, 20_000):
        thing = rng.standard_normal((20_000, 8), dtype=np.float32)
        for file, matrix in zip(files, shared, strict=True):
            noise = rng.standard_normal((20_000, 128), dtype=np.float32)
            file[start : start + 20_000] = thing @ matrix + noise
    del files
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *paths], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 300e6

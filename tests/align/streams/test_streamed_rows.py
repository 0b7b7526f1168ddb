"""Views in files give what they give in memory, and are never read as a whole."""

import numpy as np
import pytest

from polycontrast.align import Aligner, BadInput
from polycontrast.align.closed_form.whitening import fit_whitening
from polycontrast.align.job import Task, check_task
from polycontrast.align.reading.choice import Choice
from polycontrast.align.reading.files import read_table
from polycontrast.align.streams import RowStore, StreamedRows, in_file, rows, save_rows
from polycontrast.align.streams.moments import moments, products

X = np.random.default_rng(0).standard_normal((50, 4))


@pytest.fixture
def small_blocks(monkeypatch):
    """Every view is large, and read a few rows at a time."""
    monkeypatch.setattr("polycontrast.align.streams.store.LARGE", 100)
    monkeypatch.setattr(rows, "BLOCK", 400)
    monkeypatch.setattr(rows, "SCATTERED", 3)
    monkeypatch.setattr("polycontrast.align.streams.moments.BLOCK", 1000)


def mapped(folder, x, name="x.npy"):
    np.save(folder / name, x)
    return np.load(folder / name, mmap_mode="r")


def test_rows_are_taken_and_mapped_when_they_are_read(small_blocks):
    streamed = StreamedRows(X).then(lambda block: 2 * block[:, :2], columns=2)
    order = np.array([7, 3, 3, 49])
    assert streamed.take(order).shape == (4, 2)
    np.testing.assert_array_equal(streamed.take(order).read(), 2 * X[order, :2])
    np.testing.assert_array_equal(streamed.take(order).take(np.array([2])).read(), 2 * X[[3], :2])
    there = np.array([True, False, True, True])
    np.testing.assert_array_equal(
        streamed.take(order).only(there).read(), 2 * X[order, :2] * there[:, None]
    )
    blocks = list(streamed.blocks())
    assert len(blocks) > 3
    np.testing.assert_array_equal(np.concatenate([block for _, block in blocks]), 2 * X[:, :2])


@pytest.mark.parametrize("shift", [0.0, 1e6], ids=["centred", "far from 0"])
def test_moments_in_one_pass(small_blocks, shift):
    x = X * [1, 1e-3, 1e3, 1] + shift * np.array([1, 1e-3, 1e3, 1])
    unit, mean, covariance = moments(StreamedRows(x))
    np.testing.assert_allclose(mean * unit, x.mean(axis=0), rtol=1e-12)
    wanted = np.cov(x.T, bias=True)
    scale = np.sqrt(np.outer(np.diag(wanted), np.diag(wanted)))
    np.testing.assert_allclose(covariance * np.outer(unit, unit) / scale, wanted / scale, atol=1e-8)


def test_products_in_one_pass(small_blocks):
    y, order = X[:, ::-1] ** 2, np.arange(40)
    found = products([StreamedRows(X).take(order), y[:40], StreamedRows(y).take(order)])
    np.testing.assert_allclose(found[0, 1], X[:40].T @ y[:40])
    np.testing.assert_allclose(found[1, 2], y[:40].T @ y[:40])
    assert sorted(found) == [(0, 1), (0, 2), (1, 2)]


def test_a_store_gives_back_its_blocks_from_memory_or_from_a_file(monkeypatch):
    for large in (10**6, 100):
        monkeypatch.setattr("polycontrast.align.streams.store.LARGE", large)
        with RowStore() as store:
            for block in np.array_split(X, 7):
                store.add(block)
            found = store.result()
        assert isinstance(found, StreamedRows) == (large == 100)
        np.testing.assert_array_equal(found.read() if large == 100 else found, X)


def test_columns_one_after_another_are_turned(small_blocks):
    found = in_file(np.asfortranarray(X))
    assert found.source.flags.c_contiguous
    np.testing.assert_array_equal(found.read(), X)


def test_rows_are_written_block_by_block(small_blocks, tmp_path):
    there = np.arange(50) % 3 > 0
    save_rows(tmp_path / "z.npy", StreamedRows(X), there)
    found = np.load(tmp_path / "z.npy")
    np.testing.assert_array_equal(found[there], X[there])
    assert np.isnan(found[~there]).all()


def test_whitening_is_the_same(small_blocks):
    wanted, found = fit_whitening(X, 0.1), fit_whitening(StreamedRows(X), 0.1)
    np.testing.assert_allclose(found.mean, wanted.mean)
    np.testing.assert_allclose(found.matrix, wanted.matrix, atol=1e-10)
    np.testing.assert_allclose(found.deviation, wanted.deviation)
    still = X.copy()
    still[:, 1] = 3
    assert fit_whitening(StreamedRows(still), 0.1).constant == (1,)


def test_nan_in_a_file_is_named_by_its_row(small_blocks, tmp_path):
    x = X.copy()
    x[[33, 41], 2] = np.nan
    with pytest.raises(BadInput, match=r"column 2, in 2 of 50 rows \(the first is row 33\)"):
        Aligner(max_iter=1, whitening=1.0).fit([mapped(tmp_path, x), X])


def test_files_stay_files(small_blocks, tmp_path):
    """.npy of any dtype, parquet in batches and folders are read as they are used."""
    for dtype in ("f2", ">f4", "i2"):
        np.save(tmp_path / "x.npy", (10 * X).astype(dtype))
        table = read_table(f"{tmp_path}/x.npy")
        assert isinstance(table.values, StreamedRows)
        np.testing.assert_array_equal(table.values.read(), (10 * X).astype(dtype))
        other = np.random.default_rng(1).standard_normal((50, 3))
        views = {"x": table.values, "y": other}
        checked = check_task(Task(views)).views["x"]
        assert checked.dtype == (np.float64 if dtype == "i2" else np.float32)
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    names = [f"row {n}" for n in range(50)]
    parquet.write_table(
        arrow.table({"key": names, "e": X.tolist()}), tmp_path / "x.parquet", row_group_size=7
    )
    table = read_table(f"{tmp_path}/x.parquet", Choice(id="key"))
    assert isinstance(table.values, StreamedRows)
    np.testing.assert_array_equal(table.values.read(), X)
    assert table.roles["id"].tolist() == names

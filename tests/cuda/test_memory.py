"""Bytes of a call on CuPy, as the look-alike counts them, on a quarter of the rows and columns.

N is the size of one of two inputs. With a quarter of the batch, of the depth, of the sides of a
tile and a sixteenth of the block of `rowwise`, every matrix has the same share of N as in the case
of full size. Vectors of a number for each row have four times the share, so the counts are a little
too large. Kernels and products are not computed. Bytes that CuPy itself needs within a function,
and the workspace of cuBLAS, are not counted.
"""

import gc
import sys

import lookalike
import numpy as np
import pytest

import polycontrast as pc

SHRINK = 4
GIB = 2**30


@pytest.fixture
def cp():
    with lookalike.installed() as cupy, lookalike.memory_alone():
        yield cupy


def peak(cp, monkeypatch, name, rows, depth, tile, precision="bf16", shrink=SHRINK):
    """Most bytes that a call holds beyond its inputs, in units of one input."""
    rowwise = sys.modules["polycontrast.arrays.functions.rowwise"]
    monkeypatch.setattr(rowwise, "BLOCK_BYTES", rowwise.BLOCK_BYTES // SHRINK**2)
    random = np.random.default_rng(0)
    shape, tile = (rows // shrink, depth // shrink), (tile // SHRINK, tile // SHRINK)
    x, y = (cp.asarray(random.standard_normal(shape, dtype=np.float32)) for _ in range(2))
    objective, live = pc.objectives()[name], lookalike.memory.LIVE
    gc.collect()  # of earlier tests
    before = live["peak"] = cp.get_default_memory_pool().used_bytes()
    kept = objective.value_and_grad(x, y, tile=tile, precision=precision)
    assert kept[1].x.nbytes == x.nbytes
    return (live["peak"] - before) / x.nbytes


@pytest.mark.parametrize(
    ("name", "depth", "tile", "most"),
    [
        # The default tile, and a smaller one. N is 0.125 and 0.1875 GiB.
        pytest.param("info_nce", 512, 5504, 0.71 / 0.125, id="info_nce"),
        pytest.param("info_nce", 512, 2048, 0.55 / 0.125, id="info_nce-small"),
        pytest.param("sigmoid_contrastive", 768, 5504, 1.0 / 0.1875, id="sigmoid_contrastive"),
    ],
)
def test_two_gradients_and_two_matrices_of_unit_rows(cp, monkeypatch, name, depth, tile, most):
    """In bfloat16, B = 65,536: little but those four and a tile is in memory."""
    found = peak(cp, monkeypatch, name, 65_536, depth, tile)
    assert 4 < found <= most


@pytest.mark.slow
def test_a_million_rows(cp, monkeypatch):
    """As above with a sixteenth of the batch and the whole depth; N is 2 GiB."""
    found = peak(cp, monkeypatch, "info_nce", 65_536, 512, 5504, shrink=1)
    assert 4 < found <= 8.35 / 2


@pytest.mark.parametrize("precision", ["highest", "bf16"])
@pytest.mark.parametrize("name", ["info_nce", "nt_xent", "sigmoid_contrastive"])
def test_a_tiled_call_keeps_to_its_memory(cp, monkeypatch, name, precision):
    """Twelve floats an input element and six tiles, as on any library."""
    found = peak(cp, monkeypatch, name, 16_384, 512, 2048, precision)
    views = 4 if name == "nt_xent" else 1  # a tile holds all views of its samples
    assert found <= 12 * 2 + 6 * views * 2048**2 / (16_384 * 512)


@pytest.mark.parametrize("name", ["info_nce", "nt_xent", "sigmoid_contrastive"])
def test_all_memory_is_free_when_the_results_are(cp, name):
    """No cycle of references holds an array until Python looks for cycles."""
    x, y = (cp.asarray(np.ones((90, 6), np.float32)) for _ in range(2))
    gc.collect()
    pool = cp.get_default_memory_pool()
    before = pool.used_bytes()
    gc.disable()
    try:
        pc.objectives()[name].value_and_grad(x, y, tile=(40, 40), precision="bf16")
        assert pool.used_bytes() == before
    finally:
        gc.enable()

"""Bytes of a call on CuPy, as the look-alike counts them, on a quarter of the rows and columns.

N is the size of one of two inputs. With a quarter of the batch, of the depth, of the sides of a
tile and a sixteenth of the block of `rowwise`, every matrix has the same share of N as in the case
of full size. Vectors of a number for each row have four times the share, so the counts are a little
too large. Kernels and products are not computed. Bytes that CuPy itself needs within a function,
and the workspace of cuBLAS, are not counted.
"""

import gc
from importlib import import_module

import lookalike
import numpy as np
import pytest

import polycontrast as pc
from polycontrast.arrays.cuda import launching
from polycontrast.context import Settings
from polycontrast.similarity.tiles.plan import make_plan

SHRINK = 4
GIB = 2**30


@pytest.fixture
def cp():
    with lookalike.installed() as cupy, lookalike.memory_alone():
        yield cupy


def default_tile(rows, depth):
    """Sides of the tiles on a GPU."""
    sizes = dict(rows=rows, columns=rows, views=(1, 1), depth=depth, itemsize=4)
    return make_plan("", **sizes, settings=Settings(), threads=False, accelerator=True).tile


def peak(cp, monkeypatch, name, rows, depth, tile, precision="bf16", shrink=SHRINK):
    """Most bytes that a call holds beyond its inputs, in units of one input."""
    for name_of_module, size in (
        ("arrays.functions.rowwise", "BLOCK_BYTES"),
        ("calculus.unit_rows", "APART_BYTES"),
    ):
        module = import_module(f"polycontrast.{name_of_module}")
        monkeypatch.setattr(module, size, getattr(module, size) // SHRINK**2)
    random = np.random.default_rng(0)
    shape, tile = (rows // shrink, depth // shrink), (tile[0] // SHRINK, tile[1] // SHRINK)
    x, y = (cp.asarray(random.standard_normal(shape, dtype=np.float32)) for _ in range(2))
    objective, live = pc.objectives()[name], lookalike.memory.LIVE
    gc.collect()  # of earlier tests
    before = live["peak"] = cp.get_default_memory_pool().used_bytes()
    kept = objective.value_and_grad(x, y, tile=tile, precision=precision)
    assert kept[1].x.nbytes == x.nbytes
    return (live["peak"] - before) / x.nbytes


GOALS = [  # B, D, and GiB beyond the inputs
    pytest.param("info_nce", 65_536, 512, 0.55, id="info_nce"),
    pytest.param("sigmoid_contrastive", 65_536, 768, 1.0, id="sigmoid_contrastive"),
]


@pytest.mark.parametrize(("name", "rows", "depth", "most"), GOALS)
def test_goals_are_kept_with_the_default_tile(cp, monkeypatch, name, rows, depth, most):
    """In bfloat16; two of the inputs' sizes are the gradients that the call returns."""
    found = peak(cp, monkeypatch, name, rows, depth, default_tile(rows, depth))
    assert found > 2
    assert found * rows * depth * 4 <= most * GIB


@pytest.mark.slow
def test_a_million_rows(cp, monkeypatch):
    """4.5 GiB, counted with a sixteenth of the batch and the whole depth; N is 2 GiB."""
    tile = default_tile(1_048_576, 512)
    found = peak(cp, monkeypatch, "info_nce", 65_536, 512, tile, shrink=1)
    assert 2 < found <= 4.5 / 2


@pytest.mark.parametrize(
    ("precision", "weights", "operands"),
    [pytest.param("bf16", 2, 2, id="bf16"), pytest.param("highest", 0, 4, id="highest")],
)
@pytest.mark.parametrize("sides", [(4096, 2048), (512, 512)], ids=["large", "small"])
@pytest.mark.parametrize("name", ["info_nce", "sigmoid_contrastive"])
def test_bytes_by_formula(cp, monkeypatch, name, sides, precision, weights, operands):
    """Two gradients, a tile with its weights, and operands of two blocks with and without scale.

    At the end it is the gradients, and four blocks of rows that functions of rows have.
    """
    rows, depth = 8192, 1024
    of_rows = 4 * import_module("polycontrast.arrays.functions.rowwise").BLOCK_BYTES
    size, entries = rows * depth * 4, sides[0] * sides[1]
    tile, blocks = (4 + weights) * entries, 4 * sum(sides) * depth * operands
    found = peak(cp, monkeypatch, name, rows, depth, sides, precision) * size
    least = 2 * size + tile
    most = 2 * size + max(tile + blocks, of_rows)
    assert least <= found <= most + 0.1 * size  # vectors have four times their share


@pytest.mark.parametrize("precision", ["highest", "bf16"])
@pytest.mark.parametrize("name", ["info_nce", "nt_xent", "sigmoid_contrastive"])
def test_a_tiled_call_keeps_to_its_memory(cp, monkeypatch, name, precision):
    """Twelve floats an input element and six tiles, as on any library."""
    found = peak(cp, monkeypatch, name, 16_384, 512, (2048, 2048), precision)
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


@pytest.mark.parametrize(("precision", "most"), [("highest", 2), ("bf16", 3)])
def test_tiles_of_a_pass_share_their_memory(cp, monkeypatch, precision, most):
    """A pass over 9 tiles allocates one place for scores, and one for weights in bfloat16."""
    made, empty = [], launching.empty

    def noting(shape, dtype):
        made.append(int(np.prod(shape)))
        return empty(shape, dtype)

    monkeypatch.setattr(launching, "empty", noting)
    x, y = (cp.asarray(np.ones((90, 6), np.float32)) for _ in range(2))
    pc.info_nce.value_and_grad(x, y, tile=(30, 30), precision=precision)
    assert sum(size == 30 * 30 for size in made) == most
